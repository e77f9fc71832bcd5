import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import type { PodDisruptionBudget } from '@mpc-operator/runtime/resource';
import { ownedMetadata, selector } from './metadata.ts';

export interface Disruption {
  /** The number of parties that may be away. */
  readonly maxUnavailable: number;
  /**
   * Whether a party whose pod is not ready may be stopped even if more parties are away than that: nothing is lost with
   * it.
   */
  readonly unreadyMayGo: boolean;
}

/** The disruption budget of the parties, which drains and our own rollouts share. */
export function partyBudget(cluster: MpcCluster, { maxUnavailable, unreadyMayGo }: Disruption): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: ownedMetadata(cluster, { name: `${cluster.metadata.name}-party`, component: 'party' }),
    spec: {
      maxUnavailable,
      unhealthyPodEvictionPolicy: unreadyMayGo ? 'AlwaysAllow' : 'IfHealthyBudget',
      selector: { matchLabels: selector(cluster, { component: 'party' }) },
    },
  };
}
