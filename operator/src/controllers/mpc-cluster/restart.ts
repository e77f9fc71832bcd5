import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { partyName } from '@mpc-operator/crds/names';
import { isConflict, isNotFound } from '@mpc-operator/runtime/api-error';
import { isControlledBy, keyOf } from '@mpc-operator/runtime/object';
import type { Pod } from '@mpc-operator/runtime/resource';
import { NAME_TAKEN, type Progress } from './decisions/conditions.ts';
import type { Restart } from './decisions/next-restart.ts';
import type { World } from './observe.ts';
import type { Run } from './run.ts';

/** Takes the one disruptive step of a reconcile, if one is due and allowed. */
export async function restartOne(
  cluster: MpcCluster,
  next: Restart,
  { allowance }: World,
  run: Run,
): Promise<Progress | undefined> {
  const key = keyOf(cluster);
  if (next.kind === 'none') return undefined;
  if (next.kind === 'wait') return { reason: 'RolloutWaiting', message: next.message };
  const { id, pod: name } = next.party;
  const [unseen] = run.expectations.pending(key);
  if (unseen !== undefined) return { reason: 'RolloutWaiting', message: `waiting to see the ${unseen}` };
  const pod = run.caches.pods.get({ namespace: key.namespace, name });
  if (pod === undefined) return { reason: 'RolloutWaiting', message: `waiting for the next pod ${name}` };
  const owner = run.caches.statefulSets.get({ namespace: key.namespace, name: partyName(key.name, id) });
  if (owner === undefined || !isControlledBy(owner, cluster) || !isControlledBy(pod, owner)) {
    const message = `Pod ${name} is in the way: no StatefulSet of this cluster owns it; delete it`;
    return { reason: NAME_TAKEN, message };
  }
  const granted = await evict(pod, run);
  if (granted === 'gone') return { reason: 'RolloutWaiting', message: `waiting for the next pod ${name}` };
  if (granted === 'refused')
    return { reason: 'RolloutWaiting', message: `the disruption budget holds party ${id} back: ${allowance.message}` };
  run.expectations.expectRemoved(key, run.caches.pods, pod);
  const message = `party ${id} is restarted with its new pod template`;
  run.events.event(cluster, { type: 'Normal', reason: 'PartyRestarted', action: 'Evict', note: message, related: pod });
  return { reason: 'RollingOut', message };
}

/** Evicts a pod. Somebody else may have been first: then the pod is gone, or is another one. */
async function evict(pod: Pod, { client, signal }: Run): Promise<'granted' | 'refused' | 'gone'> {
  try {
    return (await client.evict(keyOf(pod), pod.metadata.uid ?? '', { signal })) ? 'granted' : 'refused';
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return 'gone';
    throw error;
  }
}
