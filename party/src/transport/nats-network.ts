/**
 * The network of a party over NATS. Its subjects are such that the server lets each publish only as itself: whom a message is from is
 * read off its subject, and the signature inside must agree.
 */
import { join } from 'node:path';
import { tlsFiles } from '@mpc-operator/crds/party-env';
import { subjects } from '@mpc-operator/crds/subjects';
import { systemClock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { LastingConnection } from '@mpc-operator/runtime/nats';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { SessionChannel } from '../host/session-host.ts';
import { messagesLost } from '../metrics.ts';
import type { Network } from '../network.ts';
import type { PartyId } from '../session/errors.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { Router } from './router.ts';

export interface NatsNetworkOptions {
  readonly me: PartyId;
  readonly url: string;
  /** Folder of certificate, key and authority; they are renewed in place. */
  readonly tlsDirectory: string;
  readonly log: Logger;
  readonly onConnection: (connected: boolean) => void;
}

type Answer = (command: Uint8Array) => Promise<Uint8Array>;

export class NatsNetwork implements Network {
  readonly #me: PartyId;
  readonly #log: Logger;
  readonly #router = new Router(systemClock);
  readonly #connection: LastingConnection;
  #answer: Answer | undefined;

  constructor({ me, url, tlsDirectory, log, onConnection }: NatsNetworkOptions) {
    this.#me = me;
    this.#log = log;
    const file = (name: string): string => join(tlsDirectory, name);
    this.#connection = new LastingConnection({
      connection: () => ({
        servers: url,
        name: `party-${me}`,
        // what another process with this party's certificate says is heard, what this one says is not
        noEcho: true,
        ignoreClusterUpdates: true,
        tls: {
          certFile: file(tlsFiles.certificate),
          keyFile: file(tlsFiles.privateKey),
          caFile: file(tlsFiles.authority),
        },
      }),
      setUp: connection => this.#subscribe(connection),
      onConnection,
      log,
    });
  }

  get connected(): boolean {
    return this.#connection.connected;
  }

  open(name: string): SessionChannel {
    this.#router.open(name);
    return {
      send: (to, bytes) => this.#send(name, to, bytes),
      listen: receive => this.#router.listen(name, receive),
      close: () => this.#router.close(name),
    };
  }

  serve(answer: Answer): void {
    this.#answer = answer;
  }

  report(bytes: Uint8Array): void {
    this.#publish(subjects.report(this.#me), bytes);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  #send(name: string, to: PartyId | 'all', bytes: Uint8Array): void {
    if (to === 'all') this.#publish(subjects.broadcast(this.#me, name), bytes);
    else this.#publish(subjects.direct(to, this.#me), encodeFrame({ name, bytes }));
  }

  /** Without a connection it is lost, as any message may be: sessions have deadlines. */
  #publish(subject: string, bytes: Uint8Array): void {
    try {
      this.#connection.current?.publish(subject, bytes);
    } catch (error) {
      this.#log.debug('a message was not sent', { subject, error });
    }
  }

  #subscribe(connection: NatsConnection): void {
    const hear = (subject: string, take: (message: Msg) => void): void => {
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (error === null) take(message);
        },
      });
    };
    hear(subjects.broadcasts, ({ subject, data }) => {
      const [, , from = '', name = ''] = subject.split('.');
      this.#deliver(name, Number(from), data);
    });
    hear(subjects.directTo(this.#me), ({ subject, data }) => {
      const frame = decodeFrame(data);
      if (frame) this.#deliver(frame.name, Number(subject.split('.')[3]), frame.bytes);
    });
    hear(subjects.control(this.#me), message => {
      void this.#reply(message);
    });
  }

  #deliver(name: string, from: PartyId, bytes: Uint8Array): void {
    if (!Number.isInteger(from) || !this.#router.deliver(name, from, bytes)) messagesLost.inc();
  }

  async #reply(message: Msg): Promise<void> {
    const reply = await this.#answer?.(message.data);
    if (reply) message.respond(reply);
  }
}
