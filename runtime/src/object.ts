/** Kubernetes objects as they are on the wire: plain JSON, times as RFC 3339 strings. One shape everywhere. */

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** The part of `metav1.ObjectMeta` that this package reads or writes. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** Whether the value is an object of some kind: the one thing that JSON shows without a schema. */
export function isKubernetesObject<T extends KubernetesObject>(value: unknown): value is T {
  return (
    typeof value === 'object' &&
    value !== null &&
    'apiVersion' in value &&
    'kind' in value &&
    'metadata' in value &&
    typeof value.metadata === 'object' &&
    value.metadata !== null
  );
}

/** The name of an object among its kind. `namespace` is empty for cluster-scoped kinds. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

export function keyOf(object: KubernetesObject): ObjectKey {
  return { namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

/** Returns `namespace/name`, or `name` for cluster-scoped kinds: the form of client-go's MetaNamespaceKeyFunc. */
export function formatKey(key: ObjectKey): string {
  return key.namespace === '' ? key.name : `${key.namespace}/${key.name}`;
}

/** The inverse of `formatKey`. Names of objects never contain a slash. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return slash < 0 ? { namespace: '', name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

/**
 * Returns a reference that makes the garbage collector delete the dependent with its owner. With `controller: true` the
 * reference also says who reconciles the dependent, and holds back a foreground deletion of the owner. Throws if the
 * owner was never stored, since only its uid makes the reference safe against a recreated namesake.
 */
export function ownerReference(owner: KubernetesObject, options: { readonly controller: boolean }): OwnerReference {
  const { name, uid } = owner.metadata;
  if (uid === undefined) {
    throw new Error(`${owner.kind} ${name} has no uid and cannot be an owner: read it from the API server first`);
  }
  const reference = { apiVersion: owner.apiVersion, kind: owner.kind, name, uid };
  return options.controller ? { ...reference, controller: true, blockOwnerDeletion: true } : reference;
}

/** Returns the one owner that reconciles this object, if any. */
export function controllerOf(object: KubernetesObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(reference => reference.controller === true);
}

/** Whether `owner`, and not an earlier object of the same name, controls `object`. */
export function isControlledBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  const reference = controllerOf(object);
  return reference !== undefined && reference.uid === owner.metadata.uid;
}

/**
 * Whether version `a` of an object is at least as new as version `b`. Resource versions of one kind are integers that
 * grow; since KEP-5504 that is part of the API.
 */
export function isAtLeast(a: string | undefined, b: string | undefined): boolean {
  return BigInt(a ?? 0) >= BigInt(b ?? 0);
}
