import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import type { Observation } from '@mpc-operator/runtime/conditions';
import type { Result } from '@mpc-operator/runtime/controller';
import { removeFinalizer } from '@mpc-operator/runtime/finalizers';
import { keyOf } from '@mpc-operator/runtime/object';
import { ask } from '../../parties/ask.ts';
import type { PartyViews } from '../../parties/view.ts';
import { isPaused } from '../paused.ts';
import { destroyStep } from './decisions/destroy-step.ts';
import { holdingOf } from './decisions/holding.ts';
import type { Run } from './run.ts';
import { keyStatus } from './status.ts';

/** Milliseconds after which parties that did not destroy their shares are asked again. */
const RETRY = 5_000;

/**
 * Removes the finalizer of a KeyShareSet: at once if its shares are retained, otherwise when every party has destroyed
 * its share.
 */
export async function deleteKey(
  key: KeyShareSet,
  cluster: MpcCluster | undefined,
  finalizer: string,
  run: Run,
): Promise<Result> {
  const { client, caches, connections, events, signal } = run;
  // A KeyShareSet whose shares are retained may go while its cluster is paused: nothing changes in the cluster.
  if (isPaused(key) || (key.spec.deletionPolicy === 'Destroy' && cluster !== undefined && isPaused(cluster))) return {};
  const connection = cluster && connections.get(keyOf(cluster));
  const views: PartyViews = connection?.views() ?? new Map();
  const step = destroyStep(key, cluster, views);
  if (step.kind === 'done') {
    await removeFinalizer(client, caches.keys.resource, key, finalizer, signal);
    return {};
  }
  const holding = cluster && holdingOf(key, cluster, views);
  const observation: Observation = { type: 'Progressing', status: 'True', reason: 'Destroying', message: step.message };
  const status = keyStatus(key, holding, [observation], run.attempts.get(keyOf(key)), run.now);
  await client.applyStatus(caches.keys.resource, key, status, { signal });
  if (step.kind === 'destroy' && connection !== undefined) {
    for (const { party, keyId } of step.shares) {
      const refused = await ask(party, { verb: 'destroy', keyId }, connection);
      if (refused !== undefined) {
        const note = `a share is not destroyed yet: ${refused.message}`;
        events.event(key, { type: 'Warning', reason: 'DestroyRefused', action: 'Destroy', note });
      }
    }
  }
  return { requeueAfter: RETRY };
}
