import { isAlreadyExists, isConflict } from '@mpc-operator/runtime/api-error';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { type KubernetesObject, keyOf } from '@mpc-operator/runtime/object';
import { type Resource, Secret } from '@mpc-operator/runtime/resource';
import { inTheWay, NameTaken, type Obstacle } from './ownership.ts';

/**
 * A resourceVersion that no object has: etcd's first revision is empty. An apply of this version makes an object if
 * there is none, and is a conflict if there is one. (Store.Update in k8s.io/apiserver compares versions only where an
 * object exists.)
 */
const VERSION_OF_NONE = '1';

interface Deps {
  readonly client: ApiClient;
  readonly signal: AbortSignal;
}

/** A child as it should be, and as it is known to be. */
export interface Child<T extends KubernetesObject = KubernetesObject> {
  readonly resource: Resource<T>;
  readonly wish: T;
  readonly live: T | undefined;
}

/**
 * Applies a child to the object that is ours, or makes the object. Whatever else has or gets the name, at any moment,
 * stays as it is.
 * @throws NameTaken if the object under this name is not ours
 */
export async function applyOwn<T extends KubernetesObject>({ resource, wish, live }: Child<T>, deps: Deps): Promise<T> {
  if (live !== undefined) return await applyTo(live, resource, wish, deps);
  try {
    const metadata = { ...wish.metadata, resourceVersion: VERSION_OF_NONE };
    return await deps.client.apply(resource, { ...wish, metadata }, { signal: deps.signal });
  } catch (error) {
    // Either a cache does not show our object yet, or the object never had our label.
    const found = isTaken(error) ? await find(resource, wish, deps) : undefined;
    if (found === undefined) throw error;
    return await applyTo(found, resource, wish, deps);
  }
}

/**
 * Makes a child that is made once and never changed, unless there is one.
 * @throws NameTaken if the object under this name is not ours
 */
export async function createOwn({ resource, wish, live }: Child, deps: Deps): Promise<void> {
  if (live !== undefined) return refuseForeign(wish, live);
  try {
    await deps.client.create(resource, wish, { signal: deps.signal });
  } catch (error) {
    const found = isTaken(error) ? await find(resource, wish, deps) : undefined;
    if (found === undefined) throw error;
    refuseForeign(wish, found);
  }
}

/**
 * Deletes a child, if it is ours, and no later object of its name.
 * @returns what is in the way of a child that is not ours and so is not deleted
 */
export async function deleteOwn({ resource, wish, live }: Child, deps: Deps): Promise<Obstacle | undefined> {
  if (live === undefined) return undefined;
  const taken = inTheWay(wish, live);
  const { uid } = live.metadata;
  if (taken === undefined) {
    await deps.client.delete(resource, keyOf(live), { ...(uid === undefined ? {} : { uid }), signal: deps.signal });
  }
  return taken;
}

/** Returns what is in the way of these children, before anything of them is made. */
export async function takenNames(children: readonly Child[], deps: Deps): Promise<readonly Obstacle[]> {
  const taken: Obstacle[] = [];
  for (const { resource, wish, live } of children) {
    const found = live ?? (await find(resource, wish, deps));
    const obstacle = found && inTheWay(wish, found);
    if (obstacle !== undefined) taken.push(obstacle);
  }
  return taken;
}

async function applyTo<T extends KubernetesObject>(live: T, resource: Resource<T>, wish: T, deps: Deps): Promise<T> {
  refuseForeign(wish, live);
  const { uid } = live.metadata;
  const metadata = { ...wish.metadata, ...(uid === undefined ? {} : { uid }) };
  return await deps.client.apply(resource, { ...wish, metadata }, { live, signal: deps.signal });
}

function refuseForeign(wish: KubernetesObject, found: KubernetesObject): void {
  const taken = inTheWay(wish, found);
  if (taken !== undefined) throw new NameTaken([taken]);
}

/**
 * Returns the object under the name of a child, with or without our label. The operator may get Secrets, and list what
 * else it makes; it has no right to do it the other way round.
 */
async function find<T extends KubernetesObject>(
  resource: Resource<T>,
  wish: T,
  { client, signal }: Deps,
): Promise<T | undefined> {
  const { namespace, name } = keyOf(wish);
  if (resource.kind === Secret.kind) return await client.get(resource, { namespace, name }, { signal });
  const list = await client.list(resource, { namespace, fieldSelector: `metadata.name=${name}`, signal });
  return list.items.find(({ metadata }) => metadata.name === name);
}

function isTaken(error: unknown): boolean {
  return isAlreadyExists(error) || isConflict(error);
}
