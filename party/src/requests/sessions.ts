/** How long the sessions of a request may take, and how many run at once. Long ones do not take the places of short ones. */
import type { KeyState } from '../epochs/key-state.ts';
import { SessionLimit } from './concurrency.ts';

/** Milliseconds, of the first session of a request; each further one has twice the time, up to the last. */
const SHORT = { first: 3_000, last: 15_000 };
const LONG = { first: 10_000, last: 30_000 };
/** Interactive ECDSA takes all of a processor for a second: of such sessions, so many begin at once. */
const FIRST_LONG = 2;
/** Between a session that failed and the next one; twice as long after each, up to the last. */
const REST = { first: 100, last: 5_000 };

/** Whether a session exponentiates. */
export type Length = 'short' | 'long';

export const isEcdsa = ({ spec }: KeyState): boolean => spec.purpose === 'ecdsa';

/** Of the n-th session of a request, which must end within `left`. */
export const timeoutOf = (length: Length, n: number, left: number): number =>
  within(doubled(length === 'long' ? LONG : SHORT, n), left);

/** Of a session that signs from a presignature. */
export const shortTimeout = (left: number): number => within(SHORT.first, left);

/** After the n-th session has failed. */
export const restAfter = (n: number): number => doubled(REST, n);

/** At least a millisecond: a timer takes no less. */
export const within = (milliseconds: number, left: number): number => Math.max(1, Math.min(milliseconds, left));

const doubled = ({ first, last }: { readonly first: number; readonly last: number }, n: number): number =>
  Math.min(first * 2 ** (n - 1), last);

export class SessionPlaces {
  readonly #short: SessionLimit;
  readonly #long: SessionLimit;

  /** `now`: milliseconds that only ever grow. */
  constructor(now: () => number) {
    this.#short = new SessionLimit(now);
    this.#long = new SessionLimit(now, FIRST_LONG);
  }

  for(length: Length): SessionLimit {
    return length === 'long' ? this.#long : this.#short;
  }

  /** A place, as `SessionLimit` has it. Who waits for one of the other length, for its plan was another one, waits for that no more. */
  enter(length: Length, who: string, wake: () => void): Disposable | undefined {
    this.for(length === 'long' ? 'short' : 'long').leave(who);
    return this.for(length).enter(who, wake);
  }

  /** Who waits for none any more. */
  leave(who: string): void {
    this.#short.leave(who);
    this.#long.leave(who);
  }
}
