import type {
  EventsV1Event,
  V1ConfigMap,
  V1Lease,
  V1Namespace,
  V1NetworkPolicy,
  V1Node,
  V1PersistentVolumeClaim,
  V1Pod,
  V1PodDisruptionBudget,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1ServiceAccount,
  V1StatefulSet,
} from '@kubernetes/client-node';
import type { KubernetesObject, ObjectKey, ObjectMeta } from './object.ts';

/**
 * A type of client-node as it is on the wire: dates are strings, nothing is mutable, and the names that client-node had
 * to change (`_from`, `_continue`) are the API's own again.
 */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? readonly Wire<Item>[]
    : T extends object
      ? { readonly [K in keyof T as K extends `_${infer Name}` ? Name : K]: Wire<T[K]> }
      : T;

type Typed<T, ApiVersion extends string, Kind extends string> = Omit<Wire<T>, 'apiVersion' | 'kind' | 'metadata'> & {
  readonly apiVersion: ApiVersion;
  readonly kind: Kind;
  readonly metadata: ObjectMeta;
};

export type ConfigMap = Typed<V1ConfigMap, 'v1', 'ConfigMap'>;
export type Event = Typed<EventsV1Event, 'events.k8s.io/v1', 'Event'>;
export type Lease = Typed<V1Lease, 'coordination.k8s.io/v1', 'Lease'>;
export type Namespace = Typed<V1Namespace, 'v1', 'Namespace'>;
export type NetworkPolicy = Typed<V1NetworkPolicy, 'networking.k8s.io/v1', 'NetworkPolicy'>;
export type Node = Typed<V1Node, 'v1', 'Node'>;
export type PersistentVolumeClaim = Typed<V1PersistentVolumeClaim, 'v1', 'PersistentVolumeClaim'>;
export type Pod = Typed<V1Pod, 'v1', 'Pod'>;
export type PodDisruptionBudget = Typed<V1PodDisruptionBudget, 'policy/v1', 'PodDisruptionBudget'>;
export type Role = Typed<V1Role, 'rbac.authorization.k8s.io/v1', 'Role'>;
export type RoleBinding = Typed<V1RoleBinding, 'rbac.authorization.k8s.io/v1', 'RoleBinding'>;
export type Secret = Typed<V1Secret, 'v1', 'Secret'>;
export type Service = Typed<V1Service, 'v1', 'Service'>;
export type ServiceAccount = Typed<V1ServiceAccount, 'v1', 'ServiceAccount'>;
export type StatefulSet = Typed<V1StatefulSet, 'apps/v1', 'StatefulSet'>;

/** The place of objects of type `T` in the API. */
export interface Resource<T extends KubernetesObject> {
  readonly apiVersion: T['apiVersion'];
  readonly kind: T['kind'];
  readonly plural: string;
  readonly namespaced: boolean;
  /** A member that names the type for the compiler; never set. */
  readonly object?: T;
}

export function defineResource<T extends KubernetesObject>(resource: Resource<T>): Resource<T> {
  return resource;
}

export const ConfigMap = core<ConfigMap>('ConfigMap', 'configmaps');
export const Namespace = defineResource<Namespace>({
  apiVersion: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  namespaced: false,
});
export const Node = defineResource<Node>({ apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false });
export const PersistentVolumeClaim = core<PersistentVolumeClaim>('PersistentVolumeClaim', 'persistentvolumeclaims');
export const Pod = core<Pod>('Pod', 'pods');
export const Secret = core<Secret>('Secret', 'secrets');
export const Service = core<Service>('Service', 'services');
export const ServiceAccount = core<ServiceAccount>('ServiceAccount', 'serviceaccounts');
export const StatefulSet = defineResource<StatefulSet>({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  plural: 'statefulsets',
  namespaced: true,
});
export const PodDisruptionBudget = defineResource<PodDisruptionBudget>({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
});
export const NetworkPolicy = defineResource<NetworkPolicy>({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  namespaced: true,
});
export const Role = defineResource<Role>({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  plural: 'roles',
  namespaced: true,
});
export const RoleBinding = defineResource<RoleBinding>({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
});
export const Lease = defineResource<Lease>({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
});
export const Event = defineResource<Event>({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
});

function core<T extends KubernetesObject & { readonly apiVersion: 'v1' }>(
  kind: T['kind'],
  plural: string,
): Resource<T> {
  return { apiVersion: 'v1', kind, plural, namespaced: true };
}

/** Returns the path of a collection (no name) or of one object, below the server's address. */
export function resourcePath(
  resource: Resource<KubernetesObject>,
  at: Partial<ObjectKey>,
  subresource?: 'status' | 'eviction',
): string {
  const root = resource.apiVersion.includes('/') ? `/apis/${resource.apiVersion}` : `/api/${resource.apiVersion}`;
  const segments = [
    ...(resource.namespaced && at.namespace ? ['namespaces', at.namespace] : []),
    resource.plural,
    ...(at.name ? [at.name] : []),
    ...(subresource ? [subresource] : []),
  ];
  return `${root}/${segments.map(encodeURIComponent).join('/')}`;
}
