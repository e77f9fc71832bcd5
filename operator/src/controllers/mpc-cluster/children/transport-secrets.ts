import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import {
  caSecretName,
  natsTlsSecretName,
  operatorTlsSecretName,
  partyTlsSecretName,
  systemTlsSecretName,
} from '@mpc-operator/crds/names';
import { type ChildName, partyIds } from './metadata.ts';

export function caSecret({ metadata }: MpcCluster): ChildName {
  return { name: caSecretName(metadata.name), component: 'transport' };
}

export function operatorTlsSecret({ metadata }: MpcCluster): ChildName {
  return { name: operatorTlsSecretName(metadata.name), component: 'transport' };
}

export function systemTlsSecret({ metadata }: MpcCluster): ChildName {
  return { name: systemTlsSecretName(metadata.name), component: 'transport' };
}

export function natsTlsSecret({ metadata }: MpcCluster): ChildName {
  return { name: natsTlsSecretName(metadata.name), component: 'nats' };
}

export function partyTlsSecret({ metadata }: MpcCluster, party: number): ChildName {
  return { name: partyTlsSecretName(metadata.name, party), component: 'party', party };
}

/** The Secrets with the authority and the certificates of a cluster. */
export function transportSecrets(cluster: MpcCluster): readonly ChildName[] {
  return [
    caSecret(cluster),
    operatorTlsSecret(cluster),
    systemTlsSecret(cluster),
    natsTlsSecret(cluster),
    ...partyIds(cluster).map(id => partyTlsSecret(cluster, id)),
  ];
}
