import { isDeepStrictEqual } from 'node:util';
import { connect, errors, type Msg, type NatsConnection, type TlsOptions } from '@nats-io/transport-node';
import { Backoff } from './backoff.ts';
import { sleep, systemClock } from './clock.ts';

export interface NatsConfig {
  readonly servers: readonly string[];
  /**
   * The TLS options. Files that they name are read again for every connection, so that a renewed certificate needs no
   * restart.
   */
  readonly tls: TlsOptions;
  /** The name that the server's monitoring shows. */
  readonly name: string;
}

export type NatsState = { readonly connected: true } | { readonly connected: false; readonly reason: string };

export interface NatsEvents {
  /**
   * Is called at every change between connected and not connected, and with every new reason for not being connected.
   */
  readonly onState: (state: NatsState) => void;
  /** Is called with what the server refused, such as a subject that this client has no right to. */
  readonly onError: (error: Error) => void;
}

/** A message of core NATS. */
export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Answers a request; returns false if the message was none. */
  respond(data: Uint8Array): boolean;
}

/** Whether a request failed because nobody subscribes to its subject. */
export const isNoResponders = (error: unknown): boolean =>
  error instanceof errors.NoRespondersError || (error instanceof errors.RequestError && error.isNoResponders());

type Handler = (message: NatsMessage) => void;

/** The times below are in milliseconds. */
const CONNECT_TIMEOUT = 5_000;
const PING_INTERVAL = 10_000;
const PAUSE = { base: 100, cap: 5_000, resetAfter: 30_000 };

/**
 * A connection to NATS that is kept for ever. It begins to connect when it is made, and begins again whenever the
 * connection is lost, for whatever reason. Nothing is thrown meanwhile: what is published then is lost, as core NATS
 * may lose anything.
 */
export class NatsClient {
  readonly #config: NatsConfig;
  readonly #events: Partial<NatsEvents>;
  readonly #handlers = new Map<string, Handler>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #connection: NatsConnection | undefined;
  #state: NatsState = { connected: false, reason: 'not connected yet' };
  #connected = Promise.withResolvers<void>();

  constructor(config: NatsConfig, events: Partial<NatsEvents> = {}) {
    this.#config = config;
    this.#events = events;
    this.#running = this.#run();
  }

  get state(): NatsState {
    return this.#state;
  }

  /** Resolves when there is a connection and the server knows all subscriptions; never, if `drain` comes first. */
  async whenConnected(): Promise<void> {
    while (!this.#state.connected) await this.#connected.promise;
    await this.#connection?.flush();
  }

  /** @returns whether the message was handed to a connection, which says nothing of its arrival */
  publish(subject: string, data: Uint8Array): boolean {
    if (!this.#connection || !this.#state.connected) return false;
    try {
      this.#connection.publish(subject, data);
      return true;
    } catch (error) {
      this.#report(error);
      return false;
    }
  }

  /**
   * Sends a request and returns the message that arrives at the subject `reply`, which is for this one request. Rejects
   * if there is no connection or nobody to answer, or after `timeout` milliseconds.
   */
  async request(subject: string, data: Uint8Array | string, reply: string, timeout: number): Promise<NatsMessage> {
    if (!this.#connection) throw new Error(`not connected to ${this.#config.servers.join(', ')}`);
    const answer = this.#connection.request(subject, data, { timeout, noMux: true, reply });
    const answered = new AbortController();
    // The library forgets its own timer when the connection is closed meanwhile.
    const late = sleep(systemClock, timeout, answered.signal).then(() => {
      throw new Error(`no reply to ${subject} within ${timeout} ms`);
    });
    return await Promise.race([answer, late]).finally(() => answered.abort());
  }

  /** Subscribes from now on, over all connections to come. Each subject has one handler. */
  subscribe(subject: string, handler: Handler): void {
    this.#handlers.set(subject, handler);
    if (this.#connection) this.#subscribe(this.#connection, subject, handler);
  }

  /** Sends what is under way, receives nothing more, and disconnects. */
  async drain(): Promise<void> {
    this.#stopping.abort();
    const connection = this.#connection;
    try {
      if (this.#state.connected) await connection?.drain();
    } catch (error) {
      this.#report(error);
    }
    // an attempt to connect that is under way ends by itself, and its connection is closed at once
    if (connection === undefined) return;
    await connection.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const backoff = new Backoff({ ...PAUSE, clock: systemClock });
    while (!signal.aborted) {
      try {
        await this.#hold(await this.#connect());
      } catch (error) {
        this.#become({ connected: false, reason: reasonOf(error) });
      }
      await sleep(systemClock, backoff.delay(), signal).catch(() => {});
    }
  }

  #connect(): Promise<NatsConnection> {
    const { servers, ...config } = this.#config;
    return connect({
      ...config,
      servers: [...servers],
      timeout: CONNECT_TIMEOUT,
      pingInterval: PING_INTERVAL,
      maxReconnectAttempts: -1,
      reconnectTimeWait: PAUSE.base,
      reconnectJitter: PAUSE.base,
      reconnectJitterTLS: PAUSE.base,
      // a server that does not know this user yet will, when its configuration is reloaded
      ignoreAuthErrorAbort: true,
      ignoreClusterUpdates: true,
      // messages of another process with the same name are heard, those of this process are not
      noEcho: true,
    });
  }

  /** Ends when the connection is closed for good. */
  async #hold(connection: NatsConnection): Promise<void> {
    if (this.#stopping.signal.aborted) return connection.close();
    this.#connection = connection;
    for (const [subject, handler] of this.#handlers) this.#subscribe(connection, subject, handler);
    this.#become({ connected: true });
    try {
      for await (const status of connection.status()) {
        if (status.type === 'disconnect') this.#become({ connected: false, reason: `lost ${status.server}` });
        if (status.type === 'reconnect') this.#become({ connected: true });
        if (status.type === 'error') this.#report(status.error);
      }
      const error = await connection.closed();
      if (error) throw error;
      this.#become({ connected: false, reason: 'closed' });
    } finally {
      this.#connection = undefined;
    }
  }

  #subscribe(connection: NatsConnection, subject: string, handler: Handler): void {
    connection.subscribe(subject, {
      callback: (error: Error | null, message: Msg) => {
        if (error) this.#report(error);
        else handler(message);
      },
    });
  }

  #become(state: NatsState): void {
    const before = this.#state;
    this.#state = state;
    if (state.connected) this.#connected.resolve();
    else if (before.connected) this.#connected = Promise.withResolvers();
    if (isDeepStrictEqual(before, state)) return;
    this.#events.onState?.(state);
  }

  #report(error: unknown): void {
    this.#events.onError?.(error instanceof Error ? error : new Error(String(error)));
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
