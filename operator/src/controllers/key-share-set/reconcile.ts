import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import { GROUP } from '@mpc-operator/crds/group';
import type { Observation } from '@mpc-operator/runtime/conditions';
import type { Reconcile, Result } from '@mpc-operator/runtime/controller';
import { addFinalizer } from '@mpc-operator/runtime/finalizers';
import { keyOf } from '@mpc-operator/runtime/object';
import { keyAsHeld } from '../../parties/key-as-held.ts';
import type { PartyViews } from '../../parties/view.ts';
import { conditionEvents } from '../condition-events.ts';
import { dropEndedPolicies } from '../ended-policies.ts';
import { isPaused } from '../paused.ts';
import { command } from './command.ts';
import { faultConditions, keyConditions } from './decisions/conditions.ts';
import { clusterNotFound, type Fault, faultOf, holdingFault } from './decisions/fault.ts';
import { type Holding, holdingOf, reportsOf } from './decisions/holding.ts';
import { nextStep, type Step } from './decisions/next-step.ts';
import { deleteKey } from './deletion.ts';
import { keyEvents } from './events.ts';
import type { KeyShareSetDeps, Run } from './run.ts';
import { keyStatus } from './status.ts';

export const KEY_FINALIZER = `${GROUP}/keyshareset`;

/** Milliseconds until another look when nothing else would lead to one. */
const RETRY = 5_000;

export function keyShareSetReconciler(deps: KeyShareSetDeps): Reconcile {
  return async (objectKey, { signal, log }) => {
    const run: Run = { ...deps, signal, log, now: deps.clock.date() };
    const asked = deps.caches.keys.get(objectKey);
    if (asked === undefined) {
      deps.attempts.forget(objectKey);
      return {};
    }
    const cluster = deps.caches.clusters.get({ ...objectKey, name: asked.spec.clusterRef.name });
    if (asked.metadata.deletionTimestamp !== undefined) return await deleteKey(asked, cluster, KEY_FINALIZER, run);
    if (await putInOrder(asked, run)) return {};
    if (cluster === undefined) return await stall(asked, clusterNotFound(asked), undefined, run);

    const views: PartyViews = deps.connections.get(keyOf(cluster))?.views() ?? new Map();
    // A key that exists is looked after as it is held, and `difference` is shown.
    const { key, difference } = keyAsHeld(asked, views);
    const fault = faultOf(key, cluster);
    if (fault !== undefined) return await stall(key, fault, undefined, run);
    const holding = holdingOf(key, cluster, views);
    if (isTooEarly(key, cluster, holding, run)) return { requeueAfter: RETRY };
    const conflict = holdingFault(key, holding);
    if (conflict !== undefined) return await stall(key, conflict, holding, run);
    return await converge(key, holding, cluster, difference, run);
  };
}

/**
 * Gives a key that is not paused its finalizer, and takes away what policies that are gone have asked of it.
 * @returns whether its annotations have changed, which leads to another reconcile
 */
async function putInOrder(key: KeyShareSet, run: Run): Promise<boolean> {
  if (isPaused(key)) return false;
  const { client, caches, signal } = run;
  const own = await addFinalizer(client, caches.keys.resource, key, KEY_FINALIZER, signal);
  return await dropEndedPolicies(caches.keys, own, run);
}

async function converge(
  key: KeyShareSet,
  holding: Holding,
  cluster: MpcCluster,
  difference: string | undefined,
  run: Run,
): Promise<Result> {
  const step = decide(key, holding, run);
  const mayAct = !isPaused(key) && !isPaused(cluster);
  const shown: Step = mayAct || step.kind === 'none' ? step : PAUSED;
  await writeStatus(key, keyConditions(key, holding, shown, difference), holding, run);
  switch (shown.kind) {
    case 'none':
      return {};
    case 'wait':
      return { requeueAfter: waitFor(shown, run.clock.now()) };
    default:
      await command(key, shown, run);
      // If the parties do not report what they do, this leads to another look.
      return { requeueAfter: RETRY };
  }
}

const PAUSED: Step = { kind: 'wait', reason: 'Paused', message: 'nothing is changed while it is paused' };

function decide(key: KeyShareSet, holding: Holding, { attempts, clock }: Run): Step {
  const objectKey = keyOf(key);
  attempts.observe(objectKey, reportsOf(holding.members), holding.seen.agreed, clock.now());
  const step = nextStep(key, holding, attempts.get(objectKey), clock.now());
  if (step.kind === 'none') attempts.succeeded(objectKey);
  return step;
}

/**
 * Whether it is too early to write a status. A new leader has heard of no party yet: the status of the last leader
 * stands until all parties had the time to report.
 */
function isTooEarly(key: KeyShareSet, cluster: MpcCluster, { members }: Holding, { connections }: Run): boolean {
  const heard = members.every(member => member.kind !== 'unknown');
  return !heard && key.status?.conditions !== undefined && !connections.isSettled(keyOf(cluster));
}

/**
 * Reports a fault. Nothing can be done until somebody changes this object, its cluster or what the parties hold: each
 * of these changes leads to another reconcile.
 */
async function stall(key: KeyShareSet, fault: Fault, holding: Holding | undefined, run: Run): Promise<Result> {
  await writeStatus(key, faultConditions(fault), holding, run);
  return {};
}

async function writeStatus(
  key: KeyShareSet,
  observations: readonly Observation[],
  holding: Holding | undefined,
  run: Run,
): Promise<void> {
  const { client, caches, events, attempts, now, signal } = run;
  const status = keyStatus(key, holding, observations, attempts.get(keyOf(key)), now);
  await client.applyStatus(caches.keys.resource, key, status, { signal });
  for (const note of keyEvents(key.status, status)) events.event(key, note);
  for (const note of conditionEvents(key.status?.conditions, status.conditions ?? [])) events.event(key, note);
}

function waitFor({ until }: Extract<Step, { kind: 'wait' }>, now: number): number {
  return until === undefined ? RETRY : Math.max(100, until - now);
}
