/**
 * How many sessions a party leads at once, and how long each may take. A party leads as many sessions as end in time:
 * on a machine that is too busy, or behind a slow network, sessions side by side all end too late and their work is
 * lost; fewer at a time answer more requests. The limit follows additive increase, multiplicative decrease, by which
 * TCP avoids the collapse of networks (Jacobson, SIGCOMM 1988).
 */
import type { KeyState } from '../epochs/key-state.ts';

/**
 * The time of the first session of a request, in milliseconds; each further session has twice the time, up to the last.
 */
const SHORT = { first: 3_000, last: 15_000 };
const LONG = { first: 10_000, last: 30_000 };
/** The rest after a failed session, in milliseconds: twice as long after each further failure, up to the last. */
const REST = { first: 100, last: 5_000 };

const FIRST_LIMIT = 8;
/** Interactive ECDSA takes all of a processor for a second, so few such sessions begin at once. */
const FIRST_LIMIT_LONG = 2;
const HIGHEST_LIMIT = 32;
/** Sessions that run out of time together lower the limit once: milliseconds, the time of the shortest session. */
const LOWERED_ONCE_IN = SHORT.first;

/** `long`: the session exponentiates. */
export type Length = 'short' | 'long';

export const isEcdsa = ({ spec }: KeyState): boolean => spec.purpose === 'ecdsa';

/** The time of the n-th session of a request, which must end within `left` milliseconds. */
export const timeoutOf = (length: Length, n: number, left: number): number =>
  within(doubled(length === 'long' ? LONG : SHORT, n), left);

/** The time of a session that signs from a presignature, which must end within `left` milliseconds. */
export const shortTimeout = (left: number): number => within(SHORT.first, left);

/** The rest after the n-th session has failed, in milliseconds. */
export const restAfter = (n: number): number => doubled(REST, n);

/** The smaller of the two, but at least one millisecond: a timer takes no less. */
export const within = (milliseconds: number, left: number): number => Math.max(1, Math.min(milliseconds, left));

const doubled = ({ first, last }: { readonly first: number; readonly last: number }, n: number): number =>
  Math.min(first * 2 ** (n - 1), last);

export class SessionLimit {
  readonly #now: () => number;
  #limit: number;
  #running = 0;
  #loweredAt = Number.NEGATIVE_INFINITY;
  /** The requests that wait for a place, first come first, each with the function that wakes it. */
  readonly #waiting = new Map<string, () => void>();

  /** `now`: milliseconds that only ever grow; `first`: the number of places at first. */
  constructor(now: () => number, first = FIRST_LIMIT) {
    this.#now = now;
    this.#limit = first;
  }

  get places(): number {
    return Math.floor(this.#limit);
  }

  /**
   * A place for `who`, given back by disposing of it; undefined if none is free. Then `wake` is called when `who`
   * should ask again, and `who` must ask again or `leave`. The call itself never waits, so a request that waits for a
   * place holds up no other.
   */
  enter(who: string, wake: () => void): Disposable | undefined {
    const before = this.#waiting.has(who) ? [...this.#waiting.keys()].indexOf(who) : this.#waiting.size;
    if (this.#running + before >= this.places) {
      this.#waiting.set(who, wake);
      return undefined;
    }
    this.#waiting.delete(who);
    this.#running += 1;
    let left = false;
    return {
      [Symbol.dispose]: () => {
        if (left) return;
        left = true;
        this.#running -= 1;
        this.#admit();
      },
    };
  }

  /** Ends the wait of `who` for a place. */
  leave(who: string): void {
    if (this.#waiting.delete(who)) this.#admit();
  }

  /** A session came to its end. Once every place was used that way, there is one place more. */
  ended(): void {
    this.#limit = Math.min(HIGHEST_LIMIT, this.#limit + 1 / this.#limit);
    this.#admit();
  }

  /** A session ran out of time: from now on there are half as many places. */
  ranOutOfTime(): void {
    if (this.#now() - this.#loweredAt < LOWERED_ONCE_IN) return;
    this.#loweredAt = this.#now();
    this.#limit = Math.max(1, this.#limit / 2);
  }

  #admit(): void {
    const free = Math.max(0, this.places - this.#running);
    for (const wake of [...this.#waiting.values()].slice(0, free)) wake();
  }
}

/** The places of short and of long sessions: long sessions do not take the places of short ones. */
export class SessionPlaces {
  readonly #short: SessionLimit;
  readonly #long: SessionLimit;

  /** `now`: milliseconds that only ever grow. */
  constructor(now: () => number) {
    this.#short = new SessionLimit(now);
    this.#long = new SessionLimit(now, FIRST_LIMIT_LONG);
  }

  for(length: Length): SessionLimit {
    return length === 'long' ? this.#long : this.#short;
  }

  /**
   * A place, as in `SessionLimit.enter`. A request whose plan has changed no longer waits for a place of the other
   * length.
   */
  enter(length: Length, who: string, wake: () => void): Disposable | undefined {
    this.for(length === 'long' ? 'short' : 'long').leave(who);
    return this.for(length).enter(who, wake);
  }

  /** Ends the wait of `who` for a place of any length. */
  leave(who: string): void {
    this.#short.leave(who);
    this.#long.leave(who);
  }
}
