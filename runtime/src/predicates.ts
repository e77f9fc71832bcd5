import { equal } from './json.ts';
import type { KubernetesObject } from './object.ts';
import type { Change } from './store.ts';

/**
 * Whether a change is worth a reconcile. All predicates of one watch must hold. This is controller-runtime's predicate
 * package.
 */
export type Predicate<T extends KubernetesObject> = (change: Change<T>) => boolean;

/**
 * Holds for adds and deletes, and for updates of the spec. Every update counts for kinds without a status subresource
 * or a generation.
 */
export function generationChanged(change: Change<KubernetesObject>): boolean {
  return change.type !== 'update' || change.object.metadata.generation !== change.old.metadata.generation;
}

/** Holds for adds and deletes, and for updates of the labels. */
export function labelsChanged(change: Change<KubernetesObject>): boolean {
  return change.type !== 'update' || !equal(change.object.metadata.labels ?? {}, change.old.metadata.labels ?? {});
}

/** Holds for adds and deletes, and for updates of the annotations. */
export function annotationsChanged(change: Change<KubernetesObject>): boolean {
  return (
    change.type !== 'update' || !equal(change.object.metadata.annotations ?? {}, change.old.metadata.annotations ?? {})
  );
}

/** Holds if one of the predicates does. */
export function anyOf<T extends KubernetesObject>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return change => predicates.some(predicate => predicate(change));
}
