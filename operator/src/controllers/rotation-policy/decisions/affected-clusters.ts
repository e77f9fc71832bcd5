import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';

/**
 * The clusters of the namespace whose auxiliary information is rotated with these keys: ECDSA shares that are refreshed
 * under old auxiliary secrets are not healed.
 */
export function affectedClusters(keys: readonly KeyShareSet[], clusters: readonly MpcCluster[]): readonly MpcCluster[] {
  const names = new Set(keys.filter(({ spec }) => spec.purpose === 'ecdsa').map(({ spec }) => spec.clusterRef.name));
  return clusters
    .filter(({ metadata }) => names.has(metadata.name) && metadata.deletionTimestamp === undefined)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}
