import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { labels } from '@mpc-operator/crds/names';
import { removeFinalizer } from '@mpc-operator/runtime/finalizers';
import { isControlledBy, type KubernetesObject, keyOf } from '@mpc-operator/runtime/object';
import { CLUSTER_INDEX, indexedBy } from '../caches.ts';
import { deleteRetained } from './children/apply.ts';
import { NAME_TAKEN } from './decisions/conditions.ts';
import type { Run } from './run.ts';

/**
 * Goes on with the end of a cluster that has no keys. Parties are stopped first and in their own time: nothing that
 * they use is deleted while they run, and no other cluster of the same name can begin before they are gone.
 * @returns the names of the pods that still exist; the end of each of them leads to another reconcile
 */
export async function finishDeletion(cluster: MpcCluster, finalizer: string, run: Run): Promise<readonly string[]> {
  const { client, caches, events, signal } = run;
  const key = keyOf(cluster);
  const statefulSets = indexedBy(caches.statefulSets, CLUSTER_INDEX, key).filter(isOfParty);
  for (const statefulSet of statefulSets.filter(statefulSet => isControlledBy(statefulSet, cluster))) {
    const { uid, deletionTimestamp } = statefulSet.metadata;
    if (deletionTimestamp !== undefined) continue;
    const options = { ...(uid === undefined ? {} : { uid }), signal };
    await client.delete(caches.statefulSets.resource, keyOf(statefulSet), options);
  }
  const pods = indexedBy(caches.pods, CLUSTER_INDEX, key).filter(isOfParty);
  if (pods.length > 0) return pods.map(pod => pod.metadata.name).sort();
  const left = cluster.spec.deletionPolicy === 'Destroy' ? await deleteRetained(cluster, run) : [];
  for (const { object, why } of left) {
    const note = `not deleted: ${object} ${why}`;
    events.event(cluster, { type: 'Warning', reason: NAME_TAKEN, action: 'Delete', note });
  }
  await removeFinalizer(client, caches.clusters.resource, cluster, finalizer, signal);
  return [];
}

function isOfParty({ metadata }: KubernetesObject): boolean {
  return metadata.labels?.[labels.party] !== undefined;
}
