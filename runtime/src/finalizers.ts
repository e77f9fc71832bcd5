import type { ApiClient } from './client.ts';
import { type KubernetesObject, keyOf } from './object.ts';
import type { Resource } from './resource.ts';

export function hasFinalizer(object: KubernetesObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) === true;
}

/**
 * Adds the finalizer and returns the object. Fails with a conflict if the object changed since it was read, so that
 * nobody else's finalizer is lost.
 */
export async function addFinalizer<T extends KubernetesObject>(
  client: ApiClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
  signal?: AbortSignal,
): Promise<T> {
  if (hasFinalizer(object, finalizer)) return object;
  return await setFinalizers(client, resource, object, [...(object.metadata.finalizers ?? []), finalizer], signal);
}

/** Removes the finalizer and returns the object. An object that is being deleted disappears with its last finalizer. */
export async function removeFinalizer<T extends KubernetesObject>(
  client: ApiClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
  signal?: AbortSignal,
): Promise<T> {
  if (!hasFinalizer(object, finalizer)) return object;
  const left = (object.metadata.finalizers ?? []).filter(other => other !== finalizer);
  return await setFinalizers(client, resource, object, left, signal);
}

async function setFinalizers<T extends KubernetesObject>(
  client: ApiClient,
  resource: Resource<T>,
  object: T,
  finalizers: readonly string[],
  signal: AbortSignal | undefined,
): Promise<T> {
  const { uid, resourceVersion } = object.metadata;
  const options = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }), ...(signal && { signal }) };
  return await client.mergePatch(resource, keyOf(object), { metadata: { finalizers } }, options);
}
