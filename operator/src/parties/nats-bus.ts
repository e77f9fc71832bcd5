import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@mpc-operator/runtime/log';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { Bus, BusOptions } from './bus.ts';

/** Milliseconds between attempts to connect. */
const RECONNECT_WAIT = 1_000;
const CONNECT_TIMEOUT = 5_000;
/** Milliseconds between pings, of which two may stay unanswered. */
const PING_INTERVAL = 5_000;

/** A Bus over NATS. It never gives up: the servers may not even exist yet. */
export class NatsBus implements Bus {
  readonly #options: BusOptions;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #connection: NatsConnection | undefined;
  #connected = false;

  constructor(options: BusOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
    this.#running = this.#run();
  }

  get connected(): boolean {
    return this.#connected;
  }

  async request(subject: string, payload: string, timeout: number): Promise<string> {
    if (this.#connection === undefined) throw new Error(`not connected to ${this.#options.url}`);
    return (await this.#connection.request(subject, payload, { timeout })).string();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    let lastReason = '';
    while (!signal.aborted) {
      try {
        await this.#connect();
        lastReason = '';
      } catch (error) {
        // One line for each reason, not for each attempt.
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== lastReason) this.#log.warn('no connection to NATS', { url: this.#options.url, reason });
        lastReason = reason;
      }
      this.#connection = undefined;
      this.#set(false);
      await delay(RECONNECT_WAIT, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Resolves when the connection has ended. */
  async #connect(): Promise<void> {
    const connection = await dial(this.#options);
    if (this.#stop.signal.aborted) return await connection.close();
    this.#connection = connection;
    subscribe(connection, this.#options);
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

async function dial({ url, credentials, inboxPrefix }: BusOptions): Promise<NatsConnection> {
  const { certificate: cert, privateKey: key, authority: ca } = credentials;
  return await connect({
    servers: url,
    name: 'mpc-operator',
    tls: { cert, key, ca },
    inboxPrefix,
    timeout: CONNECT_TIMEOUT,
    pingInterval: PING_INTERVAL,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RECONNECT_WAIT,
    ignoreClusterUpdates: true,
  });
}

function subscribe(connection: NatsConnection, { subscriptions, onMessage }: BusOptions): void {
  for (const subject of subscriptions) {
    connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) onMessage(message.subject, message.string());
      },
    });
  }
}
