import { subjects } from '@mpc-operator/crds/subjects';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { NatsClient, NatsMessage } from '@mpc-operator/runtime/nats-client';
import { ascii, bytesUpTo, struct, tryDecode } from '../protocol/session/codec.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type BrokerLimits, SessionBroker, type SessionChannel } from './session-broker.ts';

/** The largest message that a NATS server takes by default. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** A direct message names its session in its content, a broadcast in its subject. */
const directMessage = struct({ session: ascii(128), frame: bytesUpTo(MAX_MESSAGE_BYTES) });

/**
 * The channels of one party's sessions, over core NATS. The subject of a message names its sender: the server sees to
 * that.
 */
export class PartyTransport {
  readonly #broker: SessionBroker;

  /** @param dropped called with the sender of every message that no session will see */
  constructor(
    nats: NatsClient,
    me: PartyId,
    clock: Clock,
    dropped: (from: PartyId) => void = () => {},
    limits?: BrokerLimits,
  ) {
    const send = (session: string, to: PartyId | 'all', frame: Uint8Array) => {
      if (to === 'all') nats.publish(subjects.broadcast(me, session), frame);
      else nats.publish(subjects.direct(to, me), directMessage.encode({ session, frame }));
    };
    this.#broker = new SessionBroker(clock, send, dropped, limits);
    nats.subscribe(subjects.broadcasts, ({ subject, data }: NatsMessage) => {
      const [, , sender, session = ''] = subject.split('.');
      this.#broker.receive(session, Number(sender), data);
    });
    nats.subscribe(subjects.directTo(me), ({ subject, data }: NatsMessage) => {
      const from = Number(subject.split('.').at(-1));
      const message = tryDecode(directMessage, data);
      if (message) this.#broker.receive(message.value.session, from, message.value.frame);
      else dropped(from);
    });
  }

  /**
   * The channel of a session, or of anything else that parties tell each other under a name of their own.
   * @throws RangeError if the channel is open
   */
  open(session: string): SessionChannel {
    return this.#broker.open(session);
  }
}
