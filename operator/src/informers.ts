import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { labels } from '@mpc-operator/crds/names';
import { keyShareSets, mpcClusters, rotationPolicies, signRequests } from '@mpc-operator/crds/resources';
import { isFinished } from '@mpc-operator/crds/sign-request';
import type { Informer } from '@mpc-operator/runtime/informer';
import type { Manager } from '@mpc-operator/runtime/manager';
import { formatKey, type KubernetesObject, keyOf, type ObjectKey } from '@mpc-operator/runtime/object';
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
import { type Caches, CLUSTER_INDEX, indexedBy, KEY_INDEX } from './controllers/caches.ts';

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
      indexers: { [KEY_INDEX]: by(keyOfUnfinished) },
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

/** The KeyShareSet that a request waits for. A finished request waits for nothing: no change of a key wakes it. */
export function keyOfUnfinished(request: SignRequest): readonly ObjectKey[] {
  const { metadata, spec } = request;
  return isFinished(request) ? [] : [{ namespace: metadata.namespace ?? '', name: spec.keyRef.name }];
}

/** The requests that a change of a KeyShareSet wakes. */
export const requestsWaitingFor = (key: KeyShareSet, { requests }: Pick<Caches, 'requests'>): readonly ObjectKey[] =>
  indexedBy(requests, KEY_INDEX, keyOf(key)).map(keyOf);

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
