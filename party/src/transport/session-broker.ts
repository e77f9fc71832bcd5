import type { Clock } from '@mpc-operator/runtime/clock';
import type { Channel } from '../protocol/session/channel.ts';
import type { PartyId } from '../protocol/session/party-id.ts';

export interface BrokerLimits {
  /** Messages of one sender for sessions that are not open here. */
  readonly frames: number;
  /** Their bytes. */
  readonly bytes: number;
  /** How long they are kept, and a session that was closed is remembered, in milliseconds. */
  readonly ttl: number;
}

/** Each party hears the broadcasts of all sessions, also of those that it has no part in: these are what fills the memory. */
export const DEFAULT_LIMITS: BrokerLimits = { frames: 2048, bytes: 8 * 1024 * 1024, ttl: 30_000 };

/** A session's way out. */
export type Send = (session: string, to: PartyId | 'all', bytes: Uint8Array) => void;

/** A channel that is closed when its session is over. */
export interface SessionChannel extends Channel, Disposable {}

interface Kept {
  readonly session: string;
  readonly bytes: Uint8Array;
  readonly arrived: number;
  /** Counts all that arrived. */
  readonly order: number;
}

type Listener = (from: PartyId, bytes: Uint8Array) => void;

/**
 * Hands what arrives to the session that it is for. Peers do not begin at the same moment: what comes before the session is open
 * here is kept, within limits for each sender, so that none can push out what another sent. The oldest goes first.
 */
export class SessionBroker {
  readonly #clock: Clock;
  readonly #limits: BrokerLimits;
  readonly #send: Send;
  readonly #dropped: (from: PartyId) => void;
  readonly #open = new Map<string, Listener | undefined>();
  readonly #kept = new Map<PartyId, Kept[]>();
  /** When sessions were closed, the earliest first: what still arrives for them is of no use. */
  readonly #closed = new Map<string, number>();
  #arrivals = 0;

  /** `dropped` is told of every message that nobody will see. */
  constructor(clock: Clock, send: Send, dropped: (from: PartyId) => void, limits: BrokerLimits = DEFAULT_LIMITS) {
    this.#clock = clock;
    this.#send = send;
    this.#dropped = dropped;
    this.#limits = limits;
  }

  /** @throws RangeError if it is open */
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

  /** What was kept for the session, in the order in which it arrived. */
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
