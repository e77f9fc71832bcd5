/** The network of a party over NATS: channels between the parties, commands and reports of the operator. */
import { join } from 'node:path';
import { tlsFiles } from '@mpc-operator/crds/party-env';
import { subjects } from '@mpc-operator/crds/subjects';
import { systemClock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { NatsClient, type NatsConfig } from '@mpc-operator/runtime/nats-client';
import { messagesLost } from '../metrics.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Network } from './network.ts';
import { PartyTransport } from './party-transport.ts';
import type { SessionChannel } from './session-broker.ts';

export interface NatsNetworkOptions {
  readonly me: PartyId;
  readonly url: string;
  /** The folder of certificate, key and authority, which are renewed in place. */
  readonly tlsDirectory: string;
  readonly log: Logger;
  readonly onConnection: (connected: boolean) => void;
}

/** The connection of a party to NATS, with the certificate in a folder. */
export const partyNatsConfig = (me: PartyId, url: string, tlsDirectory: string): NatsConfig => ({
  servers: [url],
  name: `party-${me}`,
  tls: {
    certFile: join(tlsDirectory, tlsFiles.certificate),
    keyFile: join(tlsDirectory, tlsFiles.privateKey),
    caFile: join(tlsDirectory, tlsFiles.authority),
  },
});

export class NatsNetwork implements Network {
  readonly #me: PartyId;
  readonly #log: Logger;
  readonly #client: NatsClient;
  readonly #transport: PartyTransport;

  constructor({ me, url, tlsDirectory, log, onConnection }: NatsNetworkOptions) {
    this.#me = me;
    this.#log = log;
    this.#client = new NatsClient(partyNatsConfig(me, url, tlsDirectory), {
      onState: state => {
        if (!state.connected) log.warn('no connection to NATS', { reason: state.reason });
        onConnection(state.connected);
      },
      onError: error => log.warn('NATS refused something', { error }),
    });
    this.#transport = new PartyTransport(this.#client, me, systemClock, () => messagesLost.inc());
  }

  get connected(): boolean {
    return this.#client.state.connected;
  }

  open(name: string): SessionChannel {
    return this.#transport.open(name);
  }

  serve(answer: (command: Uint8Array) => Promise<Uint8Array>): void {
    this.#client.subscribe(subjects.control(this.#me), message => {
      answer(message.data).then(
        reply => message.respond(reply),
        error => this.#log.error('a command was not answered', { error }),
      );
    });
  }

  report(bytes: Uint8Array): void {
    this.#client.publish(subjects.report(this.#me), bytes);
  }

  async close(): Promise<void> {
    await this.#client.drain();
  }
}
