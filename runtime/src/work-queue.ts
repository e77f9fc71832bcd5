import { type Clock, systemClock } from './clock.ts';
import { observedQueues, queueAdds, queueDepth, queueDuration, queueRetries, workDuration } from './metrics.ts';
import { ControllerRateLimiter, type RateLimiter } from './rate-limiter.ts';

/**
 * client-go's rate-limited, delaying work queue of keys. A key is handed to one worker at a time. A key that is added
 * again meanwhile comes again when that worker is done, and a key that waits already is not added twice.
 */
export class WorkQueue {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #limiter: RateLimiter;
  /** The keys that wait for a worker, in order. Each of these keys is dirty, and none is being processed. */
  readonly #queue: string[] = [];
  /** The keys that have to be processed. */
  readonly #dirty = new Set<string>();
  /** The keys that are being processed, and since when. Such a key may be dirty at the same time. */
  readonly #processing = new Map<string, number>();
  readonly #addedAt = new Map<string, number>();
  readonly #delayed = new Map<string, { readonly readyAt: number; readonly cancel: () => void }>();
  /** Workers that wait for a key. */
  readonly #waiting: ((key: string | undefined) => void)[] = [];
  #shuttingDown = false;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(options: { readonly name: string; readonly rateLimiter?: RateLimiter; readonly clock?: Clock }) {
    this.#name = options.name;
    this.#clock = options.clock ?? systemClock;
    this.#limiter = options.rateLimiter ?? new ControllerRateLimiter(this.#clock);
    observedQueues.set(this.#name, () => this.#ages());
  }

  get length(): number {
    return this.#queue.length;
  }

  get shuttingDown(): boolean {
    return this.#shuttingDown;
  }

  /** The number of milliseconds for which the oldest key in progress has been processed; 0 if there is none. */
  get longestRunning(): number {
    return Math.max(0, ...this.#ages());
  }

  /** Marks the key as to be processed. Ignored once the queue shuts down. */
  add(key: string): void {
    if (this.#shuttingDown || this.#dirty.has(key)) return;
    queueAdds.inc(this.#labels());
    if (!this.#addedAt.has(key)) this.#addedAt.set(key, this.#clock.now());
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#push(key);
  }

  /** Adds the key after `ms` milliseconds. The shortest of several delays of one key counts. */
  addAfter(key: string, ms: number): void {
    if (Number.isNaN(ms)) throw new RangeError(`the delay of ${key} is not a number`);
    if (this.#shuttingDown) return;
    queueRetries.inc(this.#labels());
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const readyAt = this.#clock.now() + ms;
    const before = this.#delayed.get(key);
    if (before !== undefined) {
      if (before.readyAt <= readyAt) return;
      before.cancel();
    }
    const cancel = this.#clock.after(ms, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { readyAt, cancel });
  }

  /** Adds the key when the rate limiter says so. The limiter remembers the failure until `forget`. */
  addRateLimited(key: string): void {
    this.addAfter(key, this.#limiter.when(key));
  }

  /** Tells the rate limiter that the key needs no more retries. The key stays in the queue if it is there. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }

  numRequeues(key: string): number {
    return this.#limiter.numRequeues(key);
  }

  /**
   * Returns the next key, as soon as there is one; `done` must be called for it. Undefined: the queue is shut down and
   * empty.
   */
  async get(): Promise<string | undefined> {
    const key = this.#queue.shift();
    if (key !== undefined) {
      this.#begin(key);
      return key;
    }
    if (this.#shuttingDown) return undefined;
    const { promise, resolve } = Promise.withResolvers<string | undefined>();
    this.#waiting.push(resolve);
    return await promise;
  }

  /** Says that the key has been processed. If it was added meanwhile, it is queued again. */
  done(key: string): void {
    const since = this.#processing.get(key);
    if (since !== undefined) workDuration.observe(this.#labels(), (this.#clock.now() - since) / 1000);
    this.#processing.delete(key);
    if (this.#dirty.has(key)) this.#push(key);
    else if (this.#processing.size === 0) this.#drained?.resolve();
  }

  /** Takes no more keys. Keys that wait for a delay are dropped, keys in the queue are still handed out. */
  shutDown(): void {
    this.#shuttingDown = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    for (const resolve of this.#waiting.splice(0)) resolve(undefined);
    this.#drained?.resolve();
    observedQueues.delete(this.#name);
  }

  /** Shuts down, and resolves when nothing is being processed any more, or when `shutDown` is called. */
  async shutDownWithDrain(): Promise<void> {
    this.shutDown();
    if (this.#processing.size === 0) return;
    this.#drained ??= Promise.withResolvers();
    await this.#drained.promise;
  }

  #push(key: string): void {
    const worker = this.#waiting.shift();
    if (worker === undefined) {
      this.#queue.push(key);
      queueDepth.set(this.#labels(), this.#queue.length);
    } else {
      this.#begin(key);
      worker(key);
    }
  }

  #begin(key: string): void {
    const now = this.#clock.now();
    this.#processing.set(key, now);
    this.#dirty.delete(key);
    const added = this.#addedAt.get(key);
    if (added !== undefined) queueDuration.observe(this.#labels(), (now - added) / 1000);
    this.#addedAt.delete(key);
    queueDepth.set(this.#labels(), this.#queue.length);
  }

  #ages(): readonly number[] {
    const now = this.#clock.now();
    return [...this.#processing.values()].map(since => now - since);
  }

  #labels() {
    return { name: this.#name, controller: this.#name };
  }
}
