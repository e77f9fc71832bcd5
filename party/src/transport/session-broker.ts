import type { Clock } from '@mpc-operator/runtime/clock';
import type { Channel } from '../protocol/session/channel.ts';
import type { PartyId } from '../protocol/session/party-id.ts';

export interface BrokerLimits {
  /** The number of messages that are kept of one sender, for sessions that are not open here. */
  readonly frames: number;
  /** The number of bytes in these messages. */
  readonly bytes: number;
  /** Milliseconds for which a message is kept, and a closed session is remembered. */
  readonly ttl: number;
}

/** Each party hears the broadcasts of all sessions, also of sessions that it has no part in: they fill the memory. */
export const DEFAULT_LIMITS: BrokerLimits = { frames: 2048, bytes: 8 * 1024 * 1024, ttl: 30_000 };

/** Sends bytes of a session to one party, or to all. */
export type Send = (session: string, to: PartyId | 'all', bytes: Uint8Array) => void;

/** A channel that is closed when its session is over. */
export interface SessionChannel extends Channel, Disposable {}

interface Kept {
  readonly session: string;
  readonly bytes: Uint8Array;
  readonly arrived: number;
  /** The number of the message, counted over all that arrived. */
  readonly order: number;
}

type Listener = (from: PartyId, bytes: Uint8Array) => void;

/**
 * Hands every message to its session. Peers do not begin at the same moment: a message that comes before its session is
 * open here is kept, within limits for each sender, so that no sender can push out the messages of another. The oldest
 * messages of a sender go first.
 */
export class SessionBroker {
  readonly #clock: Clock;
  readonly #limits: BrokerLimits;
  readonly #send: Send;
  readonly #dropped: (from: PartyId) => void;
  readonly #open = new Map<string, Listener | undefined>();
  readonly #kept = new Map<PartyId, Kept[]>();
  /**
   * The times at which sessions were closed, the earliest first: a message that still arrives for them is of no use.
   */
  readonly #closed = new Map<string, number>();
  #arrivals = 0;

  /** @param dropped called with the sender of every message that nobody will see */
  constructor(clock: Clock, send: Send, dropped: (from: PartyId) => void, limits: BrokerLimits = DEFAULT_LIMITS) {
    this.#clock = clock;
    this.#send = send;
    this.#dropped = dropped;
    this.#limits = limits;
  }

  /** @throws RangeError if the session is open */
  open(session: string): SessionChannel {
    if (this.#open.has(session)) throw new RangeError(`session ${session} is open already`);
    this.#open.set(session, undefined);
    this.#closed.delete(session);
    return {
      send: (to, bytes) => this.#send(session, to, bytes),
      listen: listener => {
        if (!this.#open.has(session)) throw new RangeError(`session ${session} is closed`);
        this.#open.set(session, listener);
        for (const [from, bytes] of this.#take(session)) listener(from, bytes);
        return () => this.#close(session);
      },
      [Symbol.dispose]: () => this.#close(session),
    };
  }

  receive(session: string, from: PartyId, bytes: Uint8Array): void {
    const listener = this.#open.get(session);
    if (listener) listener(from, bytes);
    else if (this.#isClosed(session)) this.#dropped(from);
    else this.#keep(from, { session, bytes, arrived: this.#clock.now(), order: this.#arrivals++ });
  }

  #keep(from: PartyId, frame: Kept): void {
    const kept = this.#kept.get(from) ?? [];
    this.#kept.set(from, kept);
    kept.push(frame);
    let bytes = kept.reduce((sum, each) => sum + each.bytes.length, 0);
    const tooMuch = ({ arrived }: Kept) =>
      kept.length > this.#limits.frames || bytes > this.#limits.bytes || this.#isOld(arrived);
    for (let [oldest] = kept; oldest && tooMuch(oldest); [oldest] = kept) {
      kept.shift();
      bytes -= oldest.bytes.length;
      this.#dropped(from);
    }
  }

  /** Takes out the messages that were kept for the session, in the order in which they arrived. */
  #take(session: string): readonly (readonly [PartyId, Uint8Array])[] {
    const found: (readonly [PartyId, Kept])[] = [];
    for (const [from, kept] of this.#kept) {
      const mine = kept.filter(frame => frame.session === session);
      if (mine.length === 0) continue;
      found.push(...mine.filter(({ arrived }) => !this.#isOld(arrived)).map(frame => [from, frame] as const));
      this.#kept.set(
        from,
        kept.filter(frame => frame.session !== session),
      );
    }
    return found.sort(([, a], [, b]) => a.order - b.order).map(([from, { bytes }]) => [from, bytes]);
  }

  #close(session: string): void {
    if (!this.#open.delete(session)) return;
    this.#take(session);
    for (const [name, at] of this.#closed) {
      if (!this.#isOld(at)) break;
      this.#closed.delete(name);
    }
    this.#closed.set(session, this.#clock.now());
  }

  #isClosed(session: string): boolean {
    const at = this.#closed.get(session);
    return at !== undefined && !this.#isOld(at);
  }

  #isOld(at: number): boolean {
    return this.#clock.now() - at > this.#limits.ttl;
  }
}
