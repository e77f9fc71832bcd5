/** NATS as the operator needs it: so that what stands on it can be tested without. */
export interface Bus {
  readonly connected: boolean;
  /** What comes at the subject `replyTo`; rejects if nothing does within `timeout` milliseconds, with NobodyListens at once. */
  request(subject: string, payload: string, replyTo: string, timeout: number): Promise<string>;
  close(): Promise<void>;
}

/** Nobody subscribes to the subject: whoever did has gone. */
export class NobodyListens extends Error {
  override readonly name = 'NobodyListens';
}

/** PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority: string;
}

export interface BusOptions {
  readonly url: string;
  readonly credentials: Credentials;
  /** Subjects of all messages that `onMessage` gets. */
  readonly subscriptions: readonly string[];
  onMessage(subject: string, text: string): void;
  /** The connection came or went. */
  onConnection(connected: boolean): void;
}

/** Connects, and connects again for ever. */
export type OpenBus = (options: BusOptions) => Bus;
