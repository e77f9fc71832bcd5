import type { Clock } from './clock.ts';
import { TokenBucket } from './token-bucket.ts';

/** Says how long a key that failed shall wait. */
export interface RateLimiter {
  /** Counts one more try, and returns how many milliseconds to wait before it. */
  when(key: string): number;
  /** Forgets the failures of a key that is done, in one way or the other: its next failure is the first. */
  forget(key: string): void;
  /** How often the key failed since it was last forgotten. */
  numRequeues(key: string): number;
}

/** A limiter of `base · 2^failures` milliseconds for each key, up to `max`. */
export class ExponentialFailureRateLimiter implements RateLimiter {
  readonly #base: number;
  readonly #max: number;
  readonly #failures = new Map<string, number>();

  constructor(base: number, max: number) {
    this.#base = base;
    this.#max = max;
  }

  when(key: string): number {
    const failures = this.numRequeues(key);
    this.#failures.set(key, failures + 1);
    return Math.min(this.#max, this.#base * 2 ** failures);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  numRequeues(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
}

/**
 * The limiter of client-go's controllers: for each key 5 ms · 2^failures up to 1000 s, for all keys together 10 retries
 * per second after a burst of 100; the longer wait counts.
 */
export class ControllerRateLimiter extends ExponentialFailureRateLimiter {
  readonly #overall: TokenBucket;

  constructor(clock: Clock) {
    super(5, 1_000_000);
    this.#overall = new TokenBucket({ perSecond: 10, burst: 100, clock });
  }

  override when(key: string): number {
    return Math.max(super.when(key), this.#overall.reserve());
  }
}
