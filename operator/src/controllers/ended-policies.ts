/**
 * Takes away what RotationPolicies that are gone have asked of an object. Else the annotation of each policy that ever
 * was would stay for ever.
 */
import { ROTATION_ANNOTATION_PREFIX } from '@mpc-operator/crds/annotations';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { type KubernetesObject, keyOf } from '@mpc-operator/runtime/object';
import type { Cached, Caches } from './caches.ts';

interface Run {
  readonly client: ApiClient;
  readonly caches: Pick<Caches, 'policies'>;
  readonly signal: AbortSignal;
}

/**
 * Removes the annotations of policies that are gone.
 * @returns whether there were any: the change of the object leads to another reconcile
 */
export async function dropEndedPolicies<T extends KubernetesObject>(
  { resource }: Cached<T>,
  object: T,
  { client, caches, signal }: Run,
): Promise<boolean> {
  const { annotations, namespace, uid, resourceVersion } = object.metadata;
  const names = caches.policies.list(namespace).map(({ metadata }) => metadata.name);
  const ended = endedPolicies(annotations, names);
  if (ended.length === 0) return false;
  // A policy of the same name may have come back, and have asked, since this was read: then this is a conflict.
  const asRead = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
  const gone = Object.fromEntries(ended.map(annotation => [annotation, null]));
  await client.mergePatch(resource, keyOf(object), { metadata: { annotations: gone } }, { ...asRead, signal });
  return true;
}

/** The annotations of policies that are not among these. */
export function endedPolicies(
  annotations: { readonly [key: string]: string } | undefined,
  policies: readonly string[],
): readonly string[] {
  const prefix = `${ROTATION_ANNOTATION_PREFIX}/`;
  return Object.keys(annotations ?? {}).filter(
    annotation => annotation.startsWith(prefix) && !policies.includes(annotation.slice(prefix.length)),
  );
}
