import type { Clock } from './clock.ts';

export interface TokenBucketOptions {
  readonly perSecond: number;
  readonly burst: number;
  readonly clock: Clock;
}

/** A token bucket with reservations, as golang.org/x/time/rate: it starts full and may run into debt. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;

  constructor(options: TokenBucketOptions) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#clock = options.clock;
    this.#tokens = options.burst;
    this.#filledAt = options.clock.now();
  }

  /** Takes a token, if need be one that is yet to come. Returns how many milliseconds to wait for it. */
  reserve(): number {
    this.#fill();
    this.#tokens -= 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#perSecond) * 1000;
  }

  /** Takes a token, or as many as `cost` says, only if they are there now. A cost may be a fraction. */
  tryTake(cost = 1): boolean {
    this.#fill();
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  #fill(): void {
    const now = this.#clock.now();
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond);
    this.#filledAt = now;
  }
}

/** A token bucket for each key. */
export class TokenBuckets<K> {
  readonly #options: TokenBucketOptions;
  readonly #buckets = new Map<K, TokenBucket>();

  constructor(options: TokenBucketOptions) {
    this.#options = options;
  }

  of(key: K): TokenBucket {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#options);
    this.#buckets.set(key, bucket);
    return bucket;
  }

  forget(key: K): void {
    this.#buckets.delete(key);
  }
}
