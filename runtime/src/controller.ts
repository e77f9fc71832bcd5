import { randomUUID } from 'node:crypto';
import { isConflict } from './api-error.ts';
import { type Clock, jitter, systemClock } from './clock.ts';
import { DeadlineExceeded, withDeadline } from './deadline.ts';
import type { Informer } from './informer.ts';
import type { Logger } from './log.ts';
import {
  activeWorkers,
  maxConcurrentReconciles,
  reconcileErrors,
  reconcilePanics,
  reconcileTime,
  reconcileTimeouts,
  reconcileTotal,
  terminalReconcileErrors,
} from './metrics.ts';
import { controllerOf, formatKey, type KubernetesObject, keyOf, type ObjectKey, parseKey } from './object.ts';
import type { Predicate } from './predicates.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { Resource } from './resource.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * What a reconcile asks for. Empty: nothing, unless something changes. `requeueAfter`: another run after so many
 * milliseconds (not 0).
 */
export interface Result {
  readonly requeueAfter?: number;
}

/** An error that another try of the reconcile cannot cure, while a change of the object can. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

export interface ReconcileContext {
  /** Aborts at the deadline of the reconcile, and when the process shuts down. */
  readonly signal: AbortSignal;
  /** A logger whose lines say controller, key and reconcileID. */
  readonly log: Logger;
  readonly reconcileID: string;
}

/** Makes the world match the object of this name, whatever happened before. Never runs twice at once for one key. */
export type Reconcile = (key: ObjectKey, context: ReconcileContext) => Promise<Result>;

export interface ControllerOptions {
  readonly name: string;
  readonly reconcile: Reconcile;
  readonly log: Logger;
  /** How many keys are reconciled at once. Default: 1. */
  readonly concurrency?: number;
  /** Milliseconds after which the signal of a reconcile aborts. Default: 120 000. */
  readonly timeout?: number;
  /** About every so many milliseconds each object is reconciled although nothing happened. Default: 600 000. */
  readonly resyncPeriod?: number;
  readonly rateLimiter?: RateLimiter;
  readonly clock?: Clock;
}

/** Reconciles the keys that its watches name. This is controller-runtime's Controller. */
export class Controller {
  readonly name: string;
  readonly #options: ControllerOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #queue: WorkQueue;
  readonly #sources: (() => () => void)[] = [];
  readonly #resyncs: (() => void)[] = [];

  constructor(options: ControllerOptions) {
    this.name = options.name;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#log = options.log.child({ controller: options.name });
    const { rateLimiter } = options;
    this.#queue = new WorkQueue({ name: this.name, clock: this.#clock, ...(rateLimiter ? { rateLimiter } : {}) });
  }

  /** Reconciles the objects of this informer, periodically and at every change that passes all predicates. */
  for<T extends KubernetesObject>(informer: Informer<T>, ...predicates: readonly Predicate<T>[]): this {
    this.#resyncs.push(() => {
      for (const object of informer.list()) this.enqueue(keyOf(object));
    });
    return this.watches(informer, object => [keyOf(object)], ...predicates);
  }

  /** Reconciles the `owner` that controls the changed object. */
  owns<T extends KubernetesObject>(
    informer: Informer<T>,
    owner: Resource<KubernetesObject>,
    ...predicates: readonly Predicate<T>[]
  ): this {
    return this.watches(informer, object => controllerKey(object, owner), ...predicates);
  }

  /**
   * Reconciles the keys that `map` names for a changed object; for an update, also those that it names for the old
   * state.
   */
  watches<T extends KubernetesObject>(
    informer: Informer<T>,
    map: (object: T) => Iterable<ObjectKey>,
    ...predicates: readonly Predicate<T>[]
  ): this {
    this.#sources.push(() =>
      informer.addHandler(change => {
        if (!predicates.every(predicate => predicate(change))) return;
        const states = change.type === 'update' ? [change.old, change.object] : [change.object];
        for (const key of new Set(states.flatMap(state => [...map(state)].map(formatKey)))) this.#queue.add(key);
      }),
    );
    return this;
  }

  /** Reconciles the key soon. For causes that are no Kubernetes object, such as a message. */
  enqueue(key: ObjectKey): void {
    this.#queue.add(formatKey(key));
  }

  /** The number of milliseconds for which the oldest reconcile in progress has been running; 0 if there is none. */
  get longestRunning(): number {
    return this.#queue.longestRunning;
  }

  /**
   * Works until the signal aborts. Resolves when the reconciles in progress have ended; what is queued then is left to
   * the next process. To be called once, when the informers are synced.
   */
  async run(signal: AbortSignal): Promise<void> {
    const concurrency = this.#options.concurrency ?? 1;
    this.#initializeMetrics(concurrency);
    const detach = this.#sources.map(attach => attach());
    const stopResync = this.#resyncPeriodically();
    const stop = () => this.#queue.shutDown();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    this.#log.info('controller started', { concurrency });
    await Promise.all(Array.from({ length: concurrency }, () => this.#work(signal)));
    stopResync();
    for (const remove of detach) remove();
    this.#log.info('controller stopped');
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (;;) {
      const text = await this.#queue.get();
      if (text === undefined) return;
      if (!signal.aborted) {
        activeWorkers.inc({ controller: this.name });
        const started = this.#clock.now();
        await this.#process(text, signal);
        reconcileTime.observe({ controller: this.name }, (this.#clock.now() - started) / 1000);
        activeWorkers.dec({ controller: this.name });
      }
      this.#queue.done(text);
    }
  }

  async #process(text: string, signal: AbortSignal): Promise<void> {
    const key = parseKey(text);
    const reconcileID = randomUUID();
    const log = this.#log.child({ ...key, reconcileID });
    try {
      const result = await withDeadline(this.#clock, this.#options.timeout ?? 120_000, signal, async deadline => {
        try {
          return await this.#options.reconcile(key, { signal: deadline, log, reconcileID });
        } finally {
          if (deadline.reason instanceof DeadlineExceeded) reconcileTimeouts.inc({ controller: this.name });
        }
      });
      this.#queue.forget(text);
      const { requeueAfter = 0 } = result;
      if (requeueAfter !== 0) this.#queue.addAfter(text, requeueAfter);
      reconcileTotal.inc({ controller: this.name, result: requeueAfter === 0 ? 'success' : 'requeue_after' });
    } catch (error) {
      this.#failed(text, error, log, signal);
    }
  }

  #failed(text: string, error: unknown, log: Logger, signal: AbortSignal): void {
    const controller = this.name;
    if (error instanceof TerminalError) terminalReconcileErrors.inc({ controller });
    else this.#queue.addRateLimited(text);
    if (isProgrammingError(error)) reconcilePanics.inc({ controller });
    reconcileErrors.inc({ controller });
    reconcileTotal.inc({ controller, result: 'error' });
    // A conflict, or the end of this process, is no news for the people who operate it.
    const level = isConflict(error) || signal.aborted ? 'debug' : 'error';
    log[level]('reconcile failed', { error, requeues: this.#queue.numRequeues(text) });
  }

  #resyncPeriodically(): () => void {
    const period = this.#options.resyncPeriod ?? 600_000;
    let cancel = () => {};
    const schedule = () => {
      cancel = this.#clock.after(jitter(period, 0.1), () => {
        for (const resync of this.#resyncs) resync();
        schedule();
      });
    };
    schedule();
    return () => cancel();
  }

  #initializeMetrics(concurrency: number): void {
    const controller = this.name;
    for (const result of ['success', 'error', 'requeue_after']) reconcileTotal.inc({ controller, result }, 0);
    for (const counter of [reconcileErrors, terminalReconcileErrors, reconcilePanics, reconcileTimeouts]) {
      counter.inc({ controller }, 0);
    }
    maxConcurrentReconciles.set({ controller }, concurrency);
    activeWorkers.set({ controller }, 0);
  }
}

function controllerKey(object: KubernetesObject, owner: Resource<KubernetesObject>): readonly ObjectKey[] {
  const reference = controllerOf(object);
  if (reference === undefined || reference.kind !== owner.kind) return [];
  // The version of an owner may change over time; its group does not.
  if (group(reference.apiVersion) !== group(owner.apiVersion)) return [];
  return [{ namespace: owner.namespaced ? (object.metadata.namespace ?? '') : '', name: reference.name }];
}

function group(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** Whether the error is one that JavaScript has in place of a panic. */
function isProgrammingError(error: unknown): boolean {
  return (
    !(error instanceof Error) ||
    error instanceof TypeError ||
    error instanceof RangeError ||
    error instanceof ReferenceError ||
    error.name === 'AssertionError'
  );
}
