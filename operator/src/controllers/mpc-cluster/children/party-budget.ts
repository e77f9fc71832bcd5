import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import type { PodDisruptionBudget } from '@mpc-operator/runtime/resource';
import { ownedMetadata, selector } from './metadata.ts';

/** The one budget that drains and our own rollouts share: `maxUnavailable` parties may be away. */
export function partyBudget(cluster: MpcCluster, maxUnavailable: number): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: ownedMetadata(cluster, { name: `${cluster.metadata.name}-party`, component: 'party' }),
    spec: { maxUnavailable, selector: { matchLabels: selector(cluster, { component: 'party' }) } },
  };
}
