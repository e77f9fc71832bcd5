import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { isAlreadyExists } from '@mpc-operator/runtime/api-error';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { type KubernetesObject, keyOf } from '@mpc-operator/runtime/object';
import { Secret } from '@mpc-operator/runtime/resource';
import type { Settings } from '../../../settings.ts';
import type { Cached, Caches } from '../../caches.ts';
import { partyIds } from './metadata.ts';
import { natsBudget, natsService, natsStatefulSet } from './nats.ts';
import { networkPolicies } from './network-policies.ts';
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

/** Applies all children of a cluster but its certificates and the budget of its parties. */
export async function applyChildren(cluster: MpcCluster, deps: Deps): Promise<void> {
  const { caches, settings } = deps;
  for (const policy of networkPolicies(cluster, settings)) await apply(caches.networkPolicies, policy, deps);
  await apply(caches.services, natsService(cluster), deps);
  await apply(caches.services, partyService(cluster), deps);
  await apply(caches.budgets, natsBudget(cluster), deps);
  await apply(caches.statefulSets, natsStatefulSet(cluster, settings), deps);
  await apply(caches.roles, partyRole(cluster), deps);
  await apply(caches.roleBindings, partyRoleBinding(cluster), deps);
  for (const party of cluster.spec.parties) {
    await apply(caches.serviceAccounts, partyServiceAccount(cluster, party.id), deps);
    await createVolumes(cluster, party.id, deps);
    await apply(caches.statefulSets, partyStatefulSet(cluster, party, settings), deps);
  }
}

/** Sets how many parties may be away. */
export async function applyBudget(cluster: MpcCluster, disruption: Disruption, deps: Deps): Promise<void> {
  await apply(deps.caches.budgets, partyBudget(cluster, disruption), deps);
}

/** Deletes what only the policy Destroy deletes: volumes and PINs. To be called when no pod of a party is left. */
export async function deleteRetained(cluster: MpcCluster, { client, caches, signal }: Deps): Promise<void> {
  for (const id of partyIds(cluster)) {
    const pins = newPinSecret(cluster, id);
    for (const claim of claims(cluster, id)) await client.delete(caches.claims.resource, keyOf(claim), { signal });
    await client.delete(Secret, keyOf(pins), { signal });
  }
}

/**
 * Creates the volumes and the PINs of a party where they are missing. PINs come before the token that they are for.
 * Once there is a token, missing PINs are never made up: they would be wrong, and an HSM locks itself after a few wrong
 * PINs. The pod then says what is missing.
 */
async function createVolumes(cluster: MpcCluster, id: number, { client, caches, signal }: Deps): Promise<void> {
  const missing = claims(cluster, id).filter(claim => caches.claims.get(keyOf(claim)) === undefined);
  const [, token] = claims(cluster, id);
  if (token !== undefined && missing.some(claim => claim.metadata.name === token.metadata.name)) {
    await ignoreExisting(client.create(Secret, newPinSecret(cluster, id), { signal }));
  }
  for (const claim of missing) await ignoreExisting(client.create(caches.claims.resource, claim, { signal }));
}

async function apply<T extends KubernetesObject>(cache: Cached<T>, wish: T, { client, signal }: Deps): Promise<void> {
  await client.apply(cache.resource, wish, { live: cache.get(keyOf(wish)), signal });
}

async function ignoreExisting(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
}
