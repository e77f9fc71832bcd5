import type { ApiClient } from './client.ts';
import { type KubernetesObject, keyOf } from './object.ts';
import type { Resource } from './resource.ts';

/** The object with the finalizer. A conflict if it changed since it was read, so that nobody else's finalizer is lost. */
export async function addFinalizer<T extends KubernetesObject>(
  client: ApiClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
): Promise<T> {
  const finalizers = object.metadata.finalizers ?? [];
  return finalizers.includes(finalizer)
    ? object
    : await setFinalizers(client, resource, object, [...finalizers, finalizer]);
}

/** The object without the finalizer. With the last one gone, an object that is being deleted disappears. */
export async function removeFinalizer<T extends KubernetesObject>(
  client: ApiClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
): Promise<T> {
  const finalizers = object.metadata.finalizers ?? [];
  return finalizers.includes(finalizer)
    ? await setFinalizers(
        client,
        resource,
        object,
        finalizers.filter(other => other !== finalizer),
      )
    : object;
}

async function setFinalizers<T extends KubernetesObject>(
  client: ApiClient,
  resource: Resource<T>,
  object: T,
  finalizers: readonly string[],
): Promise<T> {
  const { uid, resourceVersion } = object.metadata;
  const preconditions = { ...(uid && { uid }), ...(resourceVersion && { resourceVersion }) };
  return await client.mergePatch(resource, keyOf(object), { metadata: { finalizers } }, preconditions);
}
