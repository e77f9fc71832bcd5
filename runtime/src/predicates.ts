import { equal } from './json.ts';
import type { KubernetesObject } from './object.ts';
import type { Change } from './store.ts';

/** Whether a change is worth a reconcile. Predicates of one watch must all hold; controller-runtime's predicate package. */
export type Predicate<T extends KubernetesObject> = (change: Change<T>) => boolean;

/** Adds and deletes, and updates of the spec. Kinds without a status subresource or a generation change with every update. */
export function generationChanged(change: Change<KubernetesObject>): boolean {
  return change.type !== 'update' || change.object.metadata.generation !== change.old.metadata.generation;
}

/** Adds and deletes, and updates of the labels. */
export function labelsChanged(change: Change<KubernetesObject>): boolean {
  return change.type !== 'update' || !equal(change.object.metadata.labels ?? {}, change.old.metadata.labels ?? {});
}

/** Adds and deletes, and updates of the annotations. */
export function annotationsChanged(change: Change<KubernetesObject>): boolean {
  return (
    change.type !== 'update' || !equal(change.object.metadata.annotations ?? {}, change.old.metadata.annotations ?? {})
  );
}

/** Holds if one of them does. */
export function anyOf<T extends KubernetesObject>(...predicates: readonly Predicate<T>[]): Predicate<T> {
  return change => predicates.some(predicate => predicate(change));
}
