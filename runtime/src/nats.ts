/** A connection to NATS that never gives up: the servers may not exist yet, restart, or be away for hours. */
import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, connect, type NatsConnection } from '@nats-io/transport-node';
import type { Logger } from './log.ts';

export interface LastingConnectionOptions {
  /** For each attempt, so that renewed credentials are used. */
  readonly connection: () => ConnectionOptions;
  /** Subscribes to what is wanted, on every new connection. */
  readonly setUp: (connection: NatsConnection) => void;
  /** The connection came or went. */
  readonly onConnection: (connected: boolean) => void;
  readonly log: Logger;
}

/** Milliseconds. */
const RECONNECT_WAIT = 1_000;
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds between pings, of which two may stay unanswered. */
const PING_INTERVAL = 5_000;

export class LastingConnection {
  readonly #options: LastingConnectionOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #connection: NatsConnection | undefined;
  #connected = false;

  constructor(options: LastingConnectionOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  get connected(): boolean {
    return this.#connected;
  }

  /** The connection, also while it is being made again; undefined before the first one, and between two. */
  get current(): NatsConnection | undefined {
    return this.#connection;
  }

  /** Sends what is still to be sent, and ends. */
  async close(): Promise<void> {
    this.#stop.abort();
    if (this.#connected) await this.#connection?.flush().catch(() => {});
    await this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let lastReason = '';
    while (!signal.aborted) {
      try {
        await this.#connectOnce();
        lastReason = '';
      } catch (error) {
        // one line for each reason, not for each attempt
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== lastReason) this.#options.log.warn('no connection to NATS', { reason });
        lastReason = reason;
      }
      this.#connection = undefined;
      this.#set(false);
      await delay(RECONNECT_WAIT, undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves when the connection has ended. */
  async #connectOnce(): Promise<void> {
    const connection = await connect({
      timeout: CONNECT_TIMEOUT,
      pingInterval: PING_INTERVAL,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_WAIT,
      ...this.#options.connection(),
    });
    if (this.#stop.signal.aborted) return await connection.close();
    this.#connection = connection;
    this.#options.setUp(connection);
    this.#set(true);
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#set(false);
      if (status.type === 'reconnect') this.#set(true);
    }
  }

  #set(connected: boolean): void {
    if (this.#connected === connected) return;
    this.#connected = connected;
    this.#options.onConnection(connected);
  }
}
