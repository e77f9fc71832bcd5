import type { KeyShareSet, MpcCluster, RotationPolicy, SignRequest } from '@mpc-operator/crds/generated/api';
import type { Cache } from '@mpc-operator/runtime/expectations';
import { formatKey, type KubernetesObject, type ObjectKey } from '@mpc-operator/runtime/object';
import type {
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  Resource,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  StatefulSet,
} from '@mpc-operator/runtime/resource';

/** A cache that knows the resource that it holds. */
export interface Cached<T extends KubernetesObject> extends Cache<T> {
  readonly resource: Resource<T>;
}

/** All objects that the controllers see. */
export interface Caches {
  readonly clusters: Cached<MpcCluster>;
  /** Indexed by CLUSTER_INDEX. */
  readonly keys: Cached<KeyShareSet>;
  /** Those that are not finished are indexed by KEY_INDEX. */
  readonly requests: Cached<SignRequest>;
  readonly policies: Cached<RotationPolicy>;
  // The other caches hold children of MpcClusters only, indexed by CLUSTER_INDEX.
  readonly statefulSets: Cached<StatefulSet>;
  readonly pods: Cached<Pod>;
  readonly claims: Cached<PersistentVolumeClaim>;
  readonly services: Cached<Service>;
  readonly serviceAccounts: Cached<ServiceAccount>;
  readonly roles: Cached<Role>;
  readonly roleBindings: Cached<RoleBinding>;
  readonly budgets: Cached<PodDisruptionBudget>;
  readonly networkPolicies: Cached<NetworkPolicy>;
}

/** The index by the MpcCluster that an object belongs to or names. */
export const CLUSTER_INDEX = 'cluster';
/** The index by the KeyShareSet that an object names. */
export const KEY_INDEX = 'key';

export function indexedBy<T extends KubernetesObject>(cache: Cached<T>, index: string, key: ObjectKey): readonly T[] {
  return cache.byIndex(index, formatKey(key));
}
