import { formatKey, type KubernetesObject, keyOf, type ObjectKey } from './object.ts';
import type { Reader } from './store.ts';

/** A reader that knows how new its state is. */
export interface Cache<T extends KubernetesObject> extends Reader<T> {
  /** Whether the cache is at least as new as this version of the object. */
  hasSeen(object: T): boolean;
}

interface Expectation {
  readonly what: string;
  readonly seen: () => boolean;
}

/**
 * What a controller did and its cache has yet to show. A cache lags behind one's own writes. A controller that counts
 * in its cache how many objects may be disturbed at once would count the last victim as well, so disruptive acts wait
 * until nothing is pending. Elastic's cloud-on-k8s calls this expectations, too.
 */
export class Expectations {
  readonly #pending = new Map<string, Expectation[]>();

  /** Expects the caches to show `written`, the API server's answer to a write on behalf of `owner`. */
  expectWritten<T extends KubernetesObject>(owner: ObjectKey, cache: Cache<T>, written: T): void {
    this.#expect(owner, {
      what: `${written.kind} ${written.metadata.name} at version ${written.metadata.resourceVersion}`,
      seen: () => cache.hasSeen(written),
    });
  }

  /**
   * Expects the caches to show that the object was deleted or evicted on behalf of `owner`: it is gone, replaced, or
   * being deleted.
   */
  expectRemoved<T extends KubernetesObject>(owner: ObjectKey, cache: Reader<T>, removed: T): void {
    this.#expect(owner, {
      what: `removal of ${removed.kind} ${removed.metadata.name}`,
      seen: () => {
        const cached = cache.get(keyOf(removed));
        return (
          cached === undefined ||
          cached.metadata.uid !== removed.metadata.uid ||
          cached.metadata.deletionTimestamp !== undefined
        );
      },
    });
  }

  /** Returns what the caches do not show yet, in words; empty: go on. What the caches have shown once is forgotten. */
  pending(owner: ObjectKey): readonly string[] {
    const id = formatKey(owner);
    const left = (this.#pending.get(id) ?? []).filter(expectation => !expectation.seen());
    if (left.length === 0) this.#pending.delete(id);
    else this.#pending.set(id, left);
    return left.map(expectation => expectation.what);
  }

  /** Forgets an owner that is gone. */
  forget(owner: ObjectKey): void {
    this.#pending.delete(formatKey(owner));
  }

  #expect(owner: ObjectKey, expectation: Expectation): void {
    const id = formatKey(owner);
    this.#pending.set(id, [...(this.#pending.get(id) ?? []), expectation]);
  }
}
