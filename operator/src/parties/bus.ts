/** The part of NATS that the operator needs, as an interface, so that the code above it can be tested without NATS. */
export interface Bus {
  readonly connected: boolean;
  /**
   * Resolves with the message that comes at the subject `replyTo`. Rejects if none comes within `timeout` milliseconds,
   * and at once with NobodyListens if nobody subscribes to `subject`.
   */
  request(subject: string, payload: string, replyTo: string, timeout: number): Promise<string>;
  close(): Promise<void>;
}

/** Nobody subscribes to the subject: the subscriber has gone. */
export class NobodyListens extends Error {
  override readonly name = 'NobodyListens';
}

/** A certificate, its private key and the authorities by which servers are checked, in PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority: string;
}

export interface BusOptions {
  readonly url: string;
  readonly credentials: Credentials;
  /** The subjects of all messages that `onMessage` gets. */
  readonly subscriptions: readonly string[];
  onMessage(subject: string, text: string): void;
  /** The connection was made or lost. */
  onConnection(connected: boolean): void;
}

/** Opens a bus that connects, and connects again for ever. */
export type OpenBus = (options: BusOptions) => Bus;
