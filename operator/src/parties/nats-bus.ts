import type { Logger } from '@mpc-operator/runtime/log';
import { isNoResponders, NatsClient } from '@mpc-operator/runtime/nats-client';
import { type Bus, type BusOptions, NobodyListens } from './bus.ts';

const text = (data: Uint8Array): string => Buffer.from(data).toString();

/** A Bus over NATS. It never gives up: the servers may not even exist yet. */
export class NatsBus implements Bus {
  readonly #client: NatsClient;

  constructor({ url, credentials, subscriptions, onMessage, onConnection }: BusOptions, log: Logger) {
    const { certificate: cert, privateKey: key, authority: ca } = credentials;
    this.#client = new NatsClient(
      { servers: [url], name: 'mpc-operator', tls: { cert, key, ca } },
      {
        onState: state => {
          if (!state.connected) log.warn('no connection to NATS', { url, reason: state.reason });
          onConnection(state.connected);
        },
        onError: error => log.warn('NATS refused something', { url, error }),
      },
    );
    for (const subject of subscriptions) {
      this.#client.subscribe(subject, message => onMessage(message.subject, text(message.data)));
    }
  }

  get connected(): boolean {
    return this.#client.state.connected;
  }

  async request(subject: string, payload: string, replyTo: string, timeout: number): Promise<string> {
    try {
      return text((await this.#client.request(subject, payload, replyTo, timeout)).data);
    } catch (error) {
      if (isNoResponders(error)) throw new NobodyListens(`nobody listens at ${subject}`);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#client.drain();
  }
}
