import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { labels } from '@mpc-operator/crds/names';
import { keyShareSets, mpcClusters, rotationPolicies, signRequests } from '@mpc-operator/crds/resources';
import type { Informer } from '@mpc-operator/runtime/informer';
import type { Manager } from '@mpc-operator/runtime/manager';
import { formatKey, type KubernetesObject, type ObjectKey } from '@mpc-operator/runtime/object';
import {
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  type Resource,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  StatefulSet,
} from '@mpc-operator/runtime/resource';
import { type Caches, CLUSTER_INDEX, KEY_INDEX } from './controllers/caches.ts';

/**
 * Creates the informers for all objects that the controllers look at. Of kinds that are not ours they hold only the
 * children of MpcClusters, selected by their label.
 */
export function createInformers(manager: Manager) {
  const child = <T extends KubernetesObject>(resource: Resource<T>): Informer<T> =>
    manager.informer({
      resource,
      labelSelector: labels.cluster,
      indexers: { [CLUSTER_INDEX]: by(clusterOfChild) },
    });
  return {
    clusters: manager.informer({ resource: mpcClusters }),
    keys: manager.informer({ resource: keyShareSets, indexers: { [CLUSTER_INDEX]: by(clusterOfKey) } }),
    requests: manager.informer({
      resource: signRequests,
      indexers: { [KEY_INDEX]: by(keyOfRequest) },
      transform: withoutMessage,
    }),
    policies: manager.informer({ resource: rotationPolicies }),
    statefulSets: child(StatefulSet),
    pods: child(Pod),
    claims: child(PersistentVolumeClaim),
    services: child(Service),
    serviceAccounts: child(ServiceAccount),
    roles: child(Role),
    roleBindings: child(RoleBinding),
    budgets: child(PodDisruptionBudget),
    networkPolicies: child(NetworkPolicy),
  } satisfies Caches;
}

/** The MpcCluster that a labelled object belongs to. Retained objects have no owner, so the label decides. */
export function clusterOfChild({ metadata }: KubernetesObject): readonly ObjectKey[] {
  const name = metadata.labels?.[labels.cluster];
  return name === undefined ? [] : [{ namespace: metadata.namespace ?? '', name }];
}

export function clusterOfKey({ metadata, spec }: KeyShareSet): readonly ObjectKey[] {
  return [{ namespace: metadata.namespace ?? '', name: spec.clusterRef.name }];
}

export function keyOfRequest({ metadata, spec }: SignRequest): readonly ObjectKey[] {
  return [{ namespace: metadata.namespace ?? '', name: spec.keyRef.name }];
}

/**
 * A request without its message. The message is for the parties alone to know, may have 64 KiB, and stays as long as
 * the request is kept.
 */
export function withoutMessage(request: SignRequest): SignRequest {
  return { ...request, spec: { ...request.spec, message: '' } };
}

function by<T>(keysOf: (object: T) => readonly ObjectKey[]) {
  return (object: T): readonly string[] => keysOf(object).map(formatKey);
}
