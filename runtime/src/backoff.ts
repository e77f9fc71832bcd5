import { type Clock, jitter } from './clock.ts';

/**
 * Delays that double up to a limit, and begin anew after a time in which no delay was asked for. This is client-go's
 * wait.Backoff.DelayWithReset.
 */
export class Backoff {
  readonly #options: BackoffOptions;
  #next: number;
  #last = Number.NEGATIVE_INFINITY;

  constructor(options: BackoffOptions) {
    this.#options = options;
    this.#next = options.base;
  }

  /** Milliseconds to wait now: between the current step and twice that. */
  delay(): number {
    const { base, cap, resetAfter, clock } = this.#options;
    if (clock.now() - this.#last > resetAfter) this.#next = base;
    const step = this.#next;
    this.#next = Math.min(cap, step * 2);
    this.#last = clock.now();
    return jitter(step, 1);
  }
}

/** All times are in milliseconds. */
export interface BackoffOptions {
  readonly base: number;
  readonly cap: number;
  readonly resetAfter: number;
  readonly clock: Clock;
}
