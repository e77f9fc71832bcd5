import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { storeClaimName, tokenClaimName } from '@mpc-operator/crds/names';
import type { PersistentVolumeClaim } from '@mpc-operator/runtime/resource';
import { retainedMetadata } from './metadata.ts';
import { quantity } from './quantities.ts';

/**
 * The two volumes of a party. They are made once, outlive pods and (if retained) the cluster, and only ever have one
 * pod.
 */
export function claims(cluster: MpcCluster, id: number): readonly PersistentVolumeClaim[] {
  const { name } = cluster.metadata;
  const { storage } = cluster.spec;
  return [
    claim(cluster, id, storeClaimName(name, id), quantity(storage.store)),
    claim(cluster, id, tokenClaimName(name, id), quantity(storage.token)),
  ];
}

function claim(cluster: MpcCluster, party: number, name: string, size: string): PersistentVolumeClaim {
  const { className } = cluster.spec.storage;
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: retainedMetadata(cluster, { name, component: 'party', party }),
    spec: {
      accessModes: ['ReadWriteOncePod'],
      resources: { requests: { storage: size } },
      ...(className === undefined ? {} : { storageClassName: className }),
    },
  };
}
