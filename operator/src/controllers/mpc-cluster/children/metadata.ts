import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { labels } from '@mpc-operator/crds/names';
import { type ObjectMeta, ownerReference } from '@mpc-operator/runtime/object';

/** The part of an MpcCluster that a child belongs to. */
export type Component = 'party' | 'nats' | 'transport';

export interface ChildName {
  readonly name: string;
  readonly component: Component;
  /** The id of the party, for a child that belongs to one party only. */
  readonly party?: number;
}

/** Metadata of a child that is deleted with its cluster. */
export function ownedMetadata(cluster: MpcCluster, child: ChildName): ObjectMeta {
  return { ...retainedMetadata(cluster, child), ownerReferences: [ownerReference(cluster, { controller: true })] };
}

/**
 * Metadata of a child that outlives its cluster unless the deletion policy says otherwise: volumes and PINs. Such a
 * child has no owner, so that no garbage collector ever takes it, and is found again by its name.
 */
export function retainedMetadata(cluster: MpcCluster, child: ChildName): ObjectMeta {
  const { name: instance, namespace } = cluster.metadata;
  return {
    name: child.name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: {
      ...selector(cluster, child),
      'app.kubernetes.io/name': `mpc-${child.component}`,
      'app.kubernetes.io/instance': instance,
      'app.kubernetes.io/part-of': 'mpc-operator',
      'app.kubernetes.io/managed-by': 'mpc-operator',
    },
  };
}

/** The labels by which pods of a component, or of one party, are selected. They never change. */
export function selector(cluster: MpcCluster, child: Omit<ChildName, 'name'>): { readonly [label: string]: string } {
  return {
    [labels.cluster]: cluster.metadata.name,
    [labels.component]: child.component,
    ...(child.party === undefined ? {} : { [labels.party]: String(child.party) }),
  };
}

/** The zones of the parties, each once, in order. */
export function zonesOf(cluster: MpcCluster): readonly string[] {
  return [...new Set(cluster.spec.parties.map(party => party.zone))].sort();
}

/** The ids of the parties, in order. */
export function partyIds(cluster: MpcCluster): readonly number[] {
  return cluster.spec.parties.map(party => party.id).sort((a, b) => a - b);
}
