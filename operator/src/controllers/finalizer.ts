import type { ApiClient } from '@mpc-operator/runtime/client';
import { type KubernetesObject, keyOf } from '@mpc-operator/runtime/object';
import type { Resource } from '@mpc-operator/runtime/resource';

function hasFinalizer(object: KubernetesObject, finalizer: string): boolean {
  return object.metadata.finalizers?.includes(finalizer) === true;
}

/** Adds the finalizer to an object that has it not. Fails with a conflict if somebody changed the object meanwhile. */
export async function addFinalizer<T extends KubernetesObject>(
  client: ApiClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
  signal: AbortSignal,
): Promise<void> {
  if (hasFinalizer(object, finalizer)) return;
  await setFinalizers(client, resource, object, [...(object.metadata.finalizers ?? []), finalizer], signal);
}

export async function removeFinalizer<T extends KubernetesObject>(
  client: ApiClient,
  resource: Resource<T>,
  object: T,
  finalizer: string,
  signal: AbortSignal,
): Promise<void> {
  if (!hasFinalizer(object, finalizer)) return;
  const left = (object.metadata.finalizers ?? []).filter(other => other !== finalizer);
  await setFinalizers(client, resource, object, left, signal);
}

/** A merge patch replaces the whole list, so it is bound to the version that was read. */
async function setFinalizers<T extends KubernetesObject>(
  client: ApiClient,
  resource: Resource<T>,
  object: T,
  finalizers: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { resourceVersion } = object.metadata;
  await client.mergePatch(
    resource,
    keyOf(object),
    { metadata: { finalizers } },
    { signal, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
  );
}
