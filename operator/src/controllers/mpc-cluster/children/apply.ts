import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { type KubernetesObject, keyOf } from '@mpc-operator/runtime/object';
import { Secret, StatefulSet } from '@mpc-operator/runtime/resource';
import type { Settings } from '../../../settings.ts';
import type { Cached, Caches } from '../../caches.ts';
import { partyIds } from './metadata.ts';
import { natsBudget, natsService, natsStatefulSet } from './nats.ts';
import { networkPolicies } from './network-policies.ts';
import { applyOwn, type Child, createOwn, deleteOwn, takenNames } from './own.ts';
import { NameTaken, type Obstacle } from './ownership.ts';
import { partyService, partyStatefulSet } from './party.ts';
import { partyRole, partyRoleBinding, partyServiceAccount } from './party-access.ts';
import { type Disruption, partyBudget } from './party-budget.ts';
import { newPinSecret } from './pin-secret.ts';
import { claims } from './volumes.ts';

interface Deps {
  readonly client: ApiClient;
  readonly caches: Caches;
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/** A child that a cache shows, and whether it is made once and then left as it is. */
interface Planned extends Child {
  readonly once: boolean;
}

export interface HowToApply {
  /** Whether pods may restart. A new template makes the NATS servers restart by themselves. */
  readonly mayRestart: boolean;
  /** Whether all names were looked at just now. */
  readonly namesAreFree: boolean;
}

/**
 * Applies all children of a cluster but its certificates and the budget of its parties.
 * @throws NameTaken if some name is taken; then nothing was written, unless the name was taken since it was looked at
 */
export async function applyChildren(
  cluster: MpcCluster,
  { mayRestart, namesAreFree }: HowToApply,
  deps: Deps,
): Promise<void> {
  const taken = namesAreFree ? [] : await takenChildren(cluster, deps);
  if (taken.length > 0) throw new NameTaken(taken);
  for (const child of childrenOf(cluster, deps)) {
    if (child.once) await createOwn(child, deps);
    else if (mayRestart || child.live === undefined || child.resource.kind !== StatefulSet.kind) {
      await applyOwn(child, deps);
    }
  }
}

/** Sets how many parties may be away. */
export async function applyBudget(cluster: MpcCluster, disruption: Disruption, deps: Deps): Promise<void> {
  await applyOwn(shown(deps.caches.budgets, partyBudget(cluster, disruption)), deps);
}

/** Returns what is in the way of the children of a cluster. The server is asked for what the caches do not show. */
export async function takenChildren(cluster: MpcCluster, deps: Deps): Promise<readonly Obstacle[]> {
  const budget = shown(deps.caches.budgets, partyBudget(cluster, { maxUnavailable: 0, unreadyMayGo: false }));
  return await takenNames([...childrenOf(cluster, deps), budget], deps);
}

/**
 * Deletes what only the policy Destroy deletes: volumes and PINs. To be called when no pod of a party is left.
 * @returns what has the name of such an object but is not ours, and so is left
 */
export async function deleteRetained(cluster: MpcCluster, deps: Deps): Promise<readonly Obstacle[]> {
  const left: Obstacle[] = [];
  for (const id of partyIds(cluster)) {
    const pins = newPinSecret(cluster, id);
    const live = await deps.client.get(Secret, keyOf(pins), { signal: deps.signal });
    const kept: Child[] = claims(cluster, id).map(claim => shown(deps.caches.claims, claim));
    for (const child of [...kept, { resource: Secret, wish: pins, live }]) {
      const obstacle = await deleteOwn(child, deps);
      if (obstacle !== undefined) left.push(obstacle);
    }
  }
  return left;
}

/** The children of a cluster, in the order in which they are made. */
function childrenOf(cluster: MpcCluster, { caches, settings }: Deps): readonly Planned[] {
  return [
    ...networkPolicies(cluster, settings).map(policy => shown(caches.networkPolicies, policy)),
    shown(caches.services, natsService(cluster)),
    shown(caches.services, partyService(cluster)),
    shown(caches.budgets, natsBudget(cluster)),
    shown(caches.statefulSets, natsStatefulSet(cluster, settings)),
    shown(caches.roles, partyRole(cluster)),
    shown(caches.roleBindings, partyRoleBinding(cluster)),
    ...cluster.spec.parties.flatMap(party => [
      shown(caches.serviceAccounts, partyServiceAccount(cluster, party.id)),
      ...volumesOf(cluster, party.id, caches),
      shown(caches.statefulSets, partyStatefulSet(cluster, party, settings)),
    ]),
  ];
}

/**
 * The volumes and, where there is no token, the PINs of a party. PINs come before the token that they are for. Once
 * there is a token, missing PINs are never made up: they would be wrong, and an HSM locks itself after a few wrong
 * PINs. The pod then says what is missing.
 */
function volumesOf(cluster: MpcCluster, id: number, caches: Caches): readonly Planned[] {
  const volumes = claims(cluster, id).map(claim => ({ ...shown(caches.claims, claim), once: true }));
  const [, token] = volumes;
  if (token?.live !== undefined) return volumes;
  return [{ resource: Secret, wish: newPinSecret(cluster, id), live: undefined, once: true }, ...volumes];
}

function shown<T extends KubernetesObject>(cache: Cached<T>, wish: T): Child<T> & { readonly once: boolean } {
  return { resource: cache.resource, wish, live: cache.get(keyOf(wish)), once: false };
}
