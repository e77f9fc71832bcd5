import { ApiError, isExpired, isResourceVersionTooLarge } from './api-error.ts';
import { Backoff } from './backoff.ts';
import type { ApiClient } from './client.ts';
import { type Clock, sleep } from './clock.ts';
import type { Logger } from './log.ts';
import type { KubernetesObject } from './object.ts';
import type { Resource } from './resource.ts';
import { isNetworkError } from './retry.ts';
import type { WatchEvent } from './watch-stream.ts';

/** The objects that are reflected: of one kind, in one namespace or (undefined) all, narrowed by selectors. */
export interface Scope<T extends KubernetesObject> {
  readonly resource: Resource<T>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ReflectorTarget<T> {
  replace(objects: readonly T[]): void;
  set(object: T): void;
  delete(object: T): void;
}

/**
 * Seconds. A watch asks the server for a random time between this and twice this, 5 to 10 minutes, so that the watches
 * of a cluster spread.
 */
const WATCH_SECONDS = 300;
/**
 * Milliseconds of silence after which a connection is dead: two bookmarks, of which the server sends about one a
 * minute.
 */
const SILENCE = 130_000;
/** Milliseconds. A watch that ends sooner than this without an event is a failure, and is not tried again at once. */
const VERY_SHORT = 1_000;

/**
 * Keeps a target equal to what the API server has, by one list and then watches, each resumed where the last one ended.
 * This is client-go's Reflector, with one difference: after any error of the network the watch is resumed and nothing
 * is listed again.
 */
export class Reflector<T extends KubernetesObject> {
  readonly scope: Scope<T>;
  readonly #client: ApiClient;
  readonly #target: ReflectorTarget<T>;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #silence: number;
  #resourceVersion: string | undefined;

  #listed = false;

  constructor(options: {
    readonly client: ApiClient;
    readonly scope: Scope<T>;
    readonly target: ReflectorTarget<T>;
    readonly log: Logger;
    readonly clock: Clock;
    /** Milliseconds; default: two bookmark periods. */
    readonly silence?: number;
  }) {
    this.#client = options.client;
    this.scope = options.scope;
    this.#target = options.target;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#silence = options.silence ?? SILENCE;
    this.#backoff = new Backoff({ base: 800, cap: 30_000, resetAfter: 120_000, clock: options.clock });
  }

  /** The version that the target has reached; undefined before the first list. */
  get resourceVersion(): string | undefined {
    return this.#resourceVersion;
  }

  /** Runs until the signal aborts. Never throws: a failure is logged, and the work tried again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (!this.#listed) await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#failed(error, signal);
      }
    }
  }

  /**
   * Lists all objects. The first list may come from the server's cache; a later list must not be older than what was
   * seen.
   */
  async #list(signal: AbortSignal): Promise<void> {
    const { resource, ...selection } = this.scope;
    const resourceVersion = this.#resourceVersion ?? '0';
    const list = await this.#client
      .list(resource, { ...selection, resourceVersion, signal })
      .catch(async (error: unknown) => {
        if (!isExpired(error) && !isResourceVersionTooLarge(error)) throw error;
        return await this.#client.list(resource, { ...selection, signal });
      });
    this.#listed = true;
    this.#resourceVersion = list.resourceVersion;
    this.#target.replace(list.items);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { resource, ...selection } = this.scope;
    const started = this.#clock.now();
    let events = 0;
    const watch = await this.#client.watch(resource, {
      ...selection,
      resourceVersion: this.#resourceVersion ?? '',
      timeoutSeconds: Math.floor(WATCH_SECONDS * (1 + Math.random())),
      silence: this.#silence,
      signal,
    });
    let broken: unknown;
    try {
      for await (const event of watch) {
        events++;
        this.#take(event);
      }
    } catch (error) {
      // A connection that breaks ends a watch just as the server may end it: the watch is resumed at once.
      if (!isNetworkError(error)) throw error;
      broken = error;
      this.#log.debug('the connection of the watch broke', { error });
    }
    if (events === 0 && this.#clock.now() - started < VERY_SHORT) {
      throw broken ?? new Error('the watch ended within a second and without an event');
    }
  }

  #take(event: WatchEvent<T>): void {
    if (event.type === 'BOOKMARK') {
      this.#resourceVersion = event.resourceVersion;
      return;
    }
    if (event.type === 'DELETED') this.#target.delete(event.object);
    else this.#target.set(event.object);
    this.#resourceVersion = event.object.metadata.resourceVersion ?? this.#resourceVersion;
  }

  /** Resumes after a failure that another try may cure; after any other failure the state is listed anew. */
  async #failed(error: unknown, signal: AbortSignal): Promise<void> {
    const message = this.#listed ? 'the watch failed' : 'the list failed';
    if (!isTransient(error)) this.#listed = false;
    const asked = error instanceof ApiError ? (error.details.retryAfterSeconds ?? 0) * 1000 : 0;
    const delay = Math.max(asked, this.#backoff.delay());
    this.#log.warn(message, { error, relist: !this.#listed, retryAfterMs: Math.round(delay) });
    await sleep(this.#clock, delay, signal).catch(() => undefined);
  }
}

/**
 * Whether the network failed, or a server that is overloaded or going away: the next connection goes on where this one
 * ended.
 */
function isTransient(error: unknown): boolean {
  return isNetworkError(error) || (error instanceof ApiError && [429, 502, 503, 504].includes(error.code));
}
