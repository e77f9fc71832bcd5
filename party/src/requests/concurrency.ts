/**
 * How many sessions a party leads at once: as many as end in time. On a machine that is too busy, or behind a network that is too
 * slow, sessions that run side by side all end too late, and what was spent on them is lost; fewer at a time answer more requests.
 * Additive increase, multiplicative decrease, as TCP does it against the collapse of networks (Jacobson, SIGCOMM 1988).
 */

const FIRST = 8;
const MOST = 32;
/** Sessions that run out of time together say it once. Milliseconds, as those of the shortest. */
const ONCE_IN = 3_000;

export class SessionLimit {
  readonly #now: () => number;
  #limit: number;
  #running = 0;
  #loweredAt = Number.NEGATIVE_INFINITY;
  /** Who waits for a place, first come first, and how to wake it. */
  readonly #waiting = new Map<string, () => void>();

  /** `now`: milliseconds that only ever grow; `first`: how many places there are at first. */
  constructor(now: () => number, first = FIRST) {
    this.#now = now;
    this.#limit = first;
  }

  get places(): number {
    return Math.floor(this.#limit);
  }

  /**
   * A place, given back by disposing of it; undefined if none is free for `who` yet: `wake` is called when it should ask again, and it
   * must, or `leave`. Nobody waits in here: who does holds up nothing else.
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

  /** It wants no place any more. */
  leave(who: string): void {
    if (this.#waiting.delete(who)) this.#admit();
  }

  /** A session came to its end: once all places were used that way there is one more. */
  ended(): void {
    this.#limit = Math.min(MOST, this.#limit + 1 / this.#limit);
    this.#admit();
  }

  /** A session ran out of time: from now on there are half as many places. */
  ranOutOfTime(): void {
    if (this.#now() - this.#loweredAt < ONCE_IN) return;
    this.#loweredAt = this.#now();
    this.#limit = Math.max(1, this.#limit / 2);
  }

  #admit(): void {
    const free = Math.max(0, this.places - this.#running);
    for (const wake of [...this.#waiting.values()].slice(0, free)) wake();
  }
}
