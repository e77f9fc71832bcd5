import { deepFreeze } from './json.ts';
import { formatKey, type KubernetesObject, keyOf, type ObjectKey } from './object.ts';

/** A change of one object. A recreated object is a delete of the old object and an add of the new one. */
export type Change<T> =
  | { readonly type: 'add'; readonly object: T }
  | { readonly type: 'update'; readonly object: T; readonly old: T }
  | { readonly type: 'delete'; readonly object: T };

/** The values under which an index finds an object. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** The state of the cluster a moment ago. Objects are frozen and shared: never changed, only replaced. */
export interface Reader<T extends KubernetesObject> {
  get(key: ObjectKey): T | undefined;
  /** Returns all objects, or those of one namespace, in no particular order. */
  list(namespace?: string): readonly T[];
  /** Returns the objects for which the index function `index` returned `value`. Throws if there is no such index. */
  byIndex(index: string, value: string): readonly T[];
}

/** A map of objects with its indices. Each change of the map returns what is different now. */
export class Store<T extends KubernetesObject> implements Reader<T> {
  readonly #objects = new Map<string, T>();
  readonly #indices: ReadonlyMap<string, Index<T>>;

  constructor(indexers: { readonly [name: string]: IndexFunction<T> } = {}) {
    this.#indices = new Map(Object.entries(indexers).map(([name, values]) => [name, new Index(values)]));
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(formatKey(key));
  }

  list(namespace?: string): readonly T[] {
    const all = [...this.#objects.values()];
    return namespace === undefined ? all : all.filter(object => object.metadata.namespace === namespace);
  }

  byIndex(index: string, value: string): readonly T[] {
    const found = this.#indices.get(index);
    if (found === undefined) throw new Error(`there is no index ${index}`);
    return [...found.keys(value)].flatMap(key => this.#objects.get(key) ?? []);
  }

  /** Puts the object in, unless that very version is there already. */
  set(object: T): readonly Change<T>[] {
    const key = formatKey(keyOf(object));
    const old = this.#objects.get(key);
    if (old !== undefined && isSameVersion(old, object)) return [];
    deepFreeze(object);
    this.#put(key, old, object);
    if (old === undefined) return [{ type: 'add', object }];
    if (old.metadata.uid === object.metadata.uid) return [{ type: 'update', object, old }];
    return [
      { type: 'delete', object: old },
      { type: 'add', object },
    ];
  }

  /** Takes the object out. `last` is its final state, if known; an object of another uid under the same key stays. */
  delete(last: T): readonly Change<T>[] {
    const key = formatKey(keyOf(last));
    const old = this.#objects.get(key);
    if (old === undefined || old.metadata.uid !== last.metadata.uid) return [];
    this.#objects.delete(key);
    for (const index of this.#indices.values()) index.remove(key, old);
    return [{ type: 'delete', object: deepFreeze(last) }];
  }

  /** Makes the store hold exactly `objects`, of one namespace or (undefined) of all. */
  replace(objects: readonly T[], namespace: string | undefined): readonly Change<T>[] {
    const kept = new Set(objects.map(object => formatKey(keyOf(object))));
    const gone = this.list(namespace).filter(object => !kept.has(formatKey(keyOf(object))));
    return [...gone.flatMap(object => this.delete(object)), ...objects.flatMap(object => this.set(object))];
  }

  #put(key: string, old: T | undefined, object: T): void {
    this.#objects.set(key, object);
    for (const index of this.#indices.values()) {
      if (old !== undefined) index.remove(key, old);
      index.add(key, object);
    }
  }
}

function isSameVersion(a: KubernetesObject, b: KubernetesObject): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

class Index<T> {
  readonly #values: IndexFunction<T>;
  readonly #keys = new Map<string, Set<string>>();

  constructor(values: IndexFunction<T>) {
    this.#values = values;
  }

  keys(value: string): Iterable<string> {
    return this.#keys.get(value) ?? [];
  }

  add(key: string, object: T): void {
    for (const value of this.#values(object)) {
      const keys = this.#keys.get(value);
      if (keys === undefined) this.#keys.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  remove(key: string, object: T): void {
    for (const value of this.#values(object)) {
      const keys = this.#keys.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.delete(value);
    }
  }
}
