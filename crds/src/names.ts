/** Names of the objects that belong to an MpcCluster. Operator, party, chart and tests all take them from here. */
import { GROUP } from './group.ts';

export const natsName = (cluster: string): string => `${cluster}-nats`;
export const partyName = (cluster: string, id: number): string => `${cluster}-party-${id}`;
/** A party is a StatefulSet of one, so its pod is number 0. */
export const partyPodName = (cluster: string, id: number): string => `${partyName(cluster, id)}-0`;
export const storeClaimName = (cluster: string, id: number): string => `store-${partyName(cluster, id)}`;
export const tokenClaimName = (cluster: string, id: number): string => `token-${partyName(cluster, id)}`;
export const pinSecretName = (cluster: string, id: number): string => `${partyName(cluster, id)}-pin`;
export const partyTlsSecretName = (cluster: string, id: number): string => `${partyName(cluster, id)}-tls`;
export const caSecretName = (cluster: string): string => `${cluster}-ca`;
export const natsTlsSecretName = (cluster: string): string => `${cluster}-nats-tls`;
export const operatorTlsSecretName = (cluster: string): string => `${cluster}-operator-tls`;
export const systemTlsSecretName = (cluster: string): string => `${cluster}-system-tls`;
/** The address of the NATS servers of a cluster, inside Kubernetes. */
export const natsUrl = (namespace: string, cluster: string): string =>
  `tls://${natsName(cluster)}.${namespace}.svc:4222`;

export const labels = {
  cluster: `${GROUP}/cluster`,
  party: `${GROUP}/party`,
  component: 'app.kubernetes.io/component',
} as const;

/** A client or server that connects to the NATS of an MpcCluster. */
export type Peer = { readonly party: number } | 'operator' | 'system' | 'nats';

/**
 * The one URI SAN of a client certificate, and so the user of the client in NATS (`verify_and_map`). It does not change
 * when the certificate is renewed. `system` is the operator in NATS' system account, by which it makes the servers
 * reload.
 */
export function peerUri(namespace: string, cluster: string, peer: Peer): string {
  const who = typeof peer === 'string' ? peer : `party/${peer.party}`;
  return `mpc://${GROUP}/${namespace}/${cluster}/${who}`;
}
