import type { Command, Refusal } from '@mpc-operator/crds/control';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { keyOf } from '@mpc-operator/runtime/object';
import { askAll, newRun } from '../../parties/ask.ts';
import { auxiliaryReports } from '../../parties/auxiliary.ts';
import type { Obstacle } from '../../parties/obstacles.ts';
import type { PartyViews } from '../../parties/view.ts';
import type { Progress } from './decisions/conditions.ts';
import { describeWait } from './decisions/last-failure.ts';
import { type AuxiliaryStep, nextAuxiliary, partiesOf, seenGenerations } from './decisions/next-auxiliary.ts';
import type { Restart } from './decisions/next-restart.ts';
import type { Run } from './run.ts';

/** Milliseconds until another look at an attempt that the parties report nothing new of. */
const RETRY = 10_000;

/** The reasons with which a party refuses that only needs time. */
const NOT_YET: ReadonlySet<Refusal | undefined> = new Set<Refusal>(['NoPrimes', 'NotReady', 'Busy', 'NotFinal']);

/**
 * Returns what to do for the auxiliary information of a cluster by what its parties report of their attempts.
 * @param hold why nothing may be begun
 */
export function auxiliaryStep(
  cluster: MpcCluster,
  views: PartyViews,
  hold: Obstacle | undefined,
  { attempts, clock }: Run,
): AuxiliaryStep {
  const key = keyOf(cluster);
  const ids = partiesOf(cluster);
  const reports = auxiliaryReports(ids, views);
  attempts.observe(key, reports, seenGenerations(ids, reports).agreed, clock.now());
  const step = nextAuxiliary({ cluster, views, attempts: attempts.get(key), now: clock.now(), hold });
  if (step.kind === 'none') attempts.succeeded(key);
  return step;
}

/** Asks all parties of a cluster to begin an attempt. */
export async function beginAuxiliary(
  cluster: MpcCluster,
  { number, trigger }: Extract<AuxiliaryStep, { kind: 'generate' }>,
  { attempts, clock, connections, events, log }: Run,
): Promise<void> {
  const key = keyOf(cluster);
  const connection = connections.get(key);
  if (connection === undefined) return;
  const parties = [...partiesOf(cluster)];
  const level = cluster.spec.securityLevel;
  const order: Command = { verb: 'auxiliary', level, parties, number, run: newRun(), trigger };
  attempts.commanded(key, number, clock.now());
  const refused = await askAll(parties, order, connection);
  if (refused !== undefined) {
    const { reason, message } = refused;
    if (NOT_YET.has(reason)) attempts.putOff(key, number, message, clock.now());
    else attempts.failed(key, number, message, clock.now());
    log.info('a party refused an attempt at auxiliary information', { attempt: number, refusal: message });
    return;
  }
  const note = `the parties begin attempt ${number} at auxiliary information (${trigger})`;
  events.event(cluster, { type: 'Normal', reason: 'AuxiliaryStarted', action: 'Auxiliary', note });
}

/**
 * Returns why nothing may be begun before a restart. An attempt would be in vain if one of its parties is restarted. A
 * restart that is not allowed may wait long, so no attempt waits for it.
 */
export function restartFirst(restart: Restart): Obstacle | undefined {
  if (restart.kind !== 'restart') return undefined;
  return { reason: 'RollingOut', message: `party ${restart.party.id} is to be restarted first` };
}

/** What is left to do for a generation that is asked for; undefined if nothing is. */
export function generating(step: AuxiliaryStep): Progress | undefined {
  switch (step.kind) {
    case 'none':
      return undefined;
    case 'generate':
      return { reason: 'Generating', message: `attempt ${step.number} at auxiliary information is asked for` };
    case 'wait':
      return { reason: step.reason, message: `auxiliary information: ${describeWait(step)}` };
  }
}

/** Milliseconds until another look, if one is needed that no report of a party leads to. */
export function nextLook(step: AuxiliaryStep, now: number): readonly number[] {
  if (step.kind === 'none') return [];
  if (step.kind === 'generate' || step.reason === 'AttemptRunning') return [RETRY];
  return step.until === undefined ? [] : [Math.max(100, step.until - now)];
}
