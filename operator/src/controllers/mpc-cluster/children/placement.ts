import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { selector } from './metadata.ts';

/** The node label whose value is the zone. */
export const ZONE = 'topology.kubernetes.io/zone';

/**
 * The part of a pod's spec that its MpcCluster says about placement. What is unset is left out, so that admission
 * plugins of the Kubernetes cluster may set it.
 */
export function placementOf(cluster: MpcCluster, component: 'party' | 'nats') {
  const { placement, images } = cluster.spec;
  const { nodeSelector, tolerations, priorityClassName } = placement?.[component] ?? {};
  return {
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(tolerations === undefined ? {} : { tolerations }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(images.pullSecrets === undefined ? {} : { imagePullSecrets: images.pullSecrets }),
  };
}

/** The constraints on the spread of all pods of a component, which count these pods and no others. */
export function spreadOf(cluster: MpcCluster, component: 'party' | 'nats') {
  const constraints = cluster.spec.placement?.[component]?.topologySpreadConstraints ?? [];
  const labelSelector = { matchLabels: selector(cluster, { component }) };
  return constraints.map(constraint => ({ ...constraint, labelSelector }));
}
