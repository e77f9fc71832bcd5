import type { ApiClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Logger } from './log.ts';
import { isAtLeast, type KubernetesObject, keyOf, type ObjectKey } from './object.ts';
import { Reflector, type Scope } from './reflector.ts';
import type { Resource } from './resource.ts';
import { type Change, type IndexFunction, type Reader, Store } from './store.ts';

export interface InformerOptions<T extends KubernetesObject> {
  readonly client: ApiClient;
  readonly resource: Resource<T>;
  /** The namespaces that are watched. Absent or empty: all, with one watch. */
  readonly namespaces?: readonly string[];
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly indexers?: { readonly [name: string]: IndexFunction<T> };
  /**
   * Returns the part of an object that is kept, without large parts that nobody reads. This is controller-runtime's
   * cache transform.
   */
  readonly transform?: (object: T) => T;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Milliseconds without a byte after which a watch counts as dead. Default: two bookmark periods. */
  readonly silence?: number;
}

/** Is called for each change, in order. A handler does no work of its own but to enqueue keys. */
export type ChangeHandler<T> = (change: Change<T>) => void;

/** A cache of the objects of one kind, kept up to date by watches, that tells its handlers of every change. */
export class Informer<T extends KubernetesObject> implements Reader<T> {
  readonly resource: Resource<T>;
  readonly #store: Store<T>;
  readonly #handlers = new Set<ChangeHandler<T>>();
  readonly #reflectors: readonly Reflector<T>[];
  readonly #log: Logger;
  readonly #transform: (object: T) => T;
  readonly #synced = Promise.withResolvers<void>();
  #unsynced: number;

  constructor(options: InformerOptions<T>) {
    const { client, resource, namespaces = [], labelSelector, fieldSelector, log, clock, silence } = options;
    this.resource = resource;
    this.#log = log.child({ informer: resource.plural });
    this.#store = new Store(options.indexers);
    this.#transform = options.transform ?? (object => object);
    const base = { resource, ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
    const scopes: readonly Scope<T>[] =
      namespaces.length === 0 ? [base] : namespaces.map(namespace => ({ ...base, namespace }));
    this.#unsynced = scopes.length;
    this.#reflectors = scopes.map(
      scope =>
        new Reflector({
          client,
          scope,
          target: this.#target(scope.namespace),
          log: this.#log,
          clock: clock ?? systemClock,
          ...(silence ? { silence } : {}),
        }),
    );
  }

  get(key: ObjectKey): T | undefined {
    return this.#store.get(key);
  }

  list(namespace?: string): readonly T[] {
    return this.#store.list(namespace);
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#store.byIndex(index, value);
  }

  /** Whether the cache shows this version of the object, or what became of it since. */
  hasSeen(object: T): boolean {
    const { namespace, resourceVersion } = object.metadata;
    const cached = this.#store.get(keyOf(object));
    if (cached?.metadata.uid === object.metadata.uid && isAtLeast(cached?.metadata.resourceVersion, resourceVersion)) {
      return true;
    }
    // The object is gone again, or replaced by a namesake: then the watch has come past this version.
    return this.#reflectors.some(
      ({ scope, resourceVersion: reached }) =>
        (scope.namespace === undefined || scope.namespace === namespace) && isAtLeast(reached, resourceVersion),
    );
  }

  /** Whether the first list of each watched namespace has arrived. */
  get synced(): boolean {
    return this.#unsynced === 0;
  }

  async waitForSync(): Promise<void> {
    await this.#synced.promise;
  }

  /**
   * Calls `handler` for each object that is there already, as added, and for every change to come. Returns a function
   * that removes the handler.
   */
  addHandler(handler: ChangeHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#store.list()) this.#call(handler, { type: 'add', object });
    return () => this.#handlers.delete(handler);
  }

  /** Watches until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map(reflector => reflector.run(signal)));
  }

  #target(namespace: string | undefined) {
    let listed = false;
    const kept = (object: T): T => this.#transform(lean(object));
    return {
      set: (object: T) => this.#tell(this.#store.set(kept(object))),
      delete: (object: T) => this.#tell(this.#store.delete(kept(object))),
      replace: (objects: readonly T[]) => {
        this.#tell(this.#store.replace(objects.map(kept), namespace));
        if (!listed) {
          listed = true;
          this.#unsynced -= 1;
          if (this.#unsynced === 0) this.#synced.resolve();
        }
      },
    };
  }

  #tell(changes: readonly Change<T>[]): void {
    for (const change of changes) {
      for (const handler of this.#handlers) this.#call(handler, change);
    }
  }

  #call(handler: ChangeHandler<T>, change: Change<T>): void {
    try {
      handler(change);
    } catch (error) {
      this.#log.error('a handler of changes failed', { error, change: change.type, object: change.object });
    }
  }
}

/** Returns the object without its managedFields, which are often half of it and of no use to a reader. */
function lean<T extends KubernetesObject>(object: T): T {
  return 'managedFields' in object.metadata
    ? { ...object, metadata: { ...object.metadata, managedFields: undefined } }
    : object;
}
