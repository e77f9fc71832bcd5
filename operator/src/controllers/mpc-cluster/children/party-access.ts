import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { GROUP } from '@mpc-operator/crds/group';
import { partyName } from '@mpc-operator/crds/names';
import type { Role, RoleBinding, ServiceAccount } from '@mpc-operator/runtime/resource';
import { ownedMetadata, partyIds } from './metadata.ts';

const roleName = (cluster: string): string => `${cluster}-party`;

export function partyServiceAccount(cluster: MpcCluster, party: number): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: ownedMetadata(cluster, { name: partyName(cluster.metadata.name, party), component: 'party', party }),
    automountServiceAccountToken: false,
  };
}

/** All that a party may do in Kubernetes: see what is to be signed, answer it, and record events about it. */
export function partyRole(cluster: MpcCluster): Role {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: ownedMetadata(cluster, { name: roleName(cluster.metadata.name), component: 'party' }),
    rules: [
      { apiGroups: [GROUP], resources: ['signrequests', 'keysharesets'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [GROUP], resources: ['signrequests/status'], verbs: ['patch'] },
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
    ],
  };
}

export function partyRoleBinding(cluster: MpcCluster): RoleBinding {
  const { name, namespace } = cluster.metadata;
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: ownedMetadata(cluster, { name: roleName(name), component: 'party' }),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: roleName(name) },
    subjects: partyIds(cluster).map(id => ({
      kind: 'ServiceAccount',
      name: partyName(name, id),
      ...(namespace === undefined ? {} : { namespace }),
    })),
  };
}
