/** What a party needs of the network between parties and operator. nats-network.ts implements it over NATS. */
import type { SessionChannel } from './session-broker.ts';

export interface Network {
  readonly connected: boolean;
  /** A channel between the parties, by name: for one session, or for as long as the party runs. */
  open(name: string): SessionChannel;
  /** Answers the operator's commands. */
  serve(answer: (command: Uint8Array) => Promise<Uint8Array>): void;
  /** Tells the operator how this party is. */
  report(bytes: Uint8Array): void;
  close(): Promise<void>;
}
