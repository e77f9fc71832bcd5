import { formatTrigger } from '@mpc-operator/crds/annotations';
import type { AuxiliaryReport } from '@mpc-operator/crds/control';
import type { MpcCluster, MpcClusterStatus } from '@mpc-operator/crds/generated/api';
import type { EventNote } from '@mpc-operator/runtime/events';
import { auxiliaryReports, primesReady } from '../../../parties/auxiliary.ts';
import { runningAttempt } from '../../../parties/running-attempt.ts';
import type { PartyViews } from '../../../parties/view.ts';
import type { Attempts } from '../../attempts.ts';
import { describeWait } from './last-failure.ts';
import { type AuxiliaryStep, partiesOf, pendingGenerations } from './next-auxiliary.ts';

export type AuxiliaryStatus = NonNullable<MpcClusterStatus['auxiliary']>;

/**
 * The status of the auxiliary information, as the parties report it. As long as no party can be asked, the status stays
 * as it was.
 */
export function auxiliaryStatus(
  cluster: MpcCluster,
  views: PartyViews,
  step: AuxiliaryStep,
  attempts: Attempts,
): AuxiliaryStatus | undefined {
  const ids = partiesOf(cluster);
  const reports = auxiliaryReports(ids, views);
  if (reports.length === 0) return cluster.status?.auxiliary;
  const phase = phaseOf(step, reports);
  const generation = certifiedGeneration(phase, reports);
  const time = timeOf(generation, phase, cluster, reports);
  const trigger = triggerOf(phase, generation, cluster, reports);
  const attempt = attemptOf(step, generation, reports, attempts);
  const message = step.kind === 'wait' ? describeWait(step) : step.kind === 'none' ? step.remark : undefined;
  return {
    generation,
    ...(generation === 0 || time === undefined ? {} : { time }),
    phase,
    ...(trigger === undefined ? {} : { trigger }),
    ...(attempt === 0 ? {} : { attempt }),
    primesReady: primesReady(ids, views),
    ...(message === undefined ? {} : { message: message.slice(0, 1024) }),
    triggers: carriedOut(reports),
  };
}

/** The events between two statuses. That a status was wiped is no news. */
export function auxiliaryEvents(
  before: AuxiliaryStatus | undefined,
  after: AuxiliaryStatus | undefined,
): readonly EventNote[] {
  if (before === undefined || after === undefined) return [];
  const { generation = 0, time, phase, attempt, message } = after;
  // A phase comes and goes with the parties that report it; the time of a generation comes once.
  const isKnown = before.generation === generation && before.time !== undefined;
  if (time !== undefined && !isKnown) {
    const note = `generation ${generation} of auxiliary information is final`;
    return [{ type: 'Normal', reason: 'AuxiliaryCompleted', action: 'Auxiliary', note }];
  }
  const known = before.attempt === attempt && before.phase !== 'Preparing';
  if (phase === 'Failed' && !known) {
    const note = `auxiliary information was not made: ${message ?? 'no reason was given'}`;
    return [{ type: 'Warning', reason: 'AuxiliaryFailed', action: 'Auxiliary', note }];
  }
  return [];
}

/**
 * The time at which a generation became final. The first report of it stands: the clocks of other parties differ, and
 * parties come and go.
 */
function timeOf(
  generation: number,
  phase: AuxiliaryStatus['phase'],
  { status }: MpcCluster,
  reports: readonly AuxiliaryReport[],
): string | undefined {
  const known = status?.auxiliary?.generation === generation ? status.auxiliary.time : undefined;
  if (known !== undefined || !isFinal(phase)) return known;
  return reports.find(report => report.final === generation)?.finalTime;
}

/** Whether the highest certified generation is in use everywhere. */
export function isFinal(phase: AuxiliaryStatus['phase']): boolean {
  return phase !== 'Certified' && phase !== 'Activated';
}

function phaseOf(step: AuxiliaryStep, reports: readonly AuxiliaryReport[]): AuxiliaryStatus['phase'] {
  if (step.kind === 'none') return 'Final';
  if (step.kind === 'generate') return 'Pending';
  if (step.failure !== undefined) return 'Failed';
  switch (step.reason) {
    case 'AttemptRunning': {
      const phase = runningAttempt(reports)?.phase;
      return phase === 'Certified' || phase === 'Activated' ? phase : 'Preparing';
    }
    case 'GeneratingPrimes':
      return 'Generating';
    default:
      return 'Pending';
  }
}

function certifiedGeneration(phase: AuxiliaryStatus['phase'], reports: readonly AuxiliaryReport[]): number {
  const certified = isFinal(phase) ? 0 : (runningAttempt(reports)?.number ?? 0);
  return Math.max(certified, ...reports.map(report => report.active));
}

function triggerOf(
  phase: AuxiliaryStatus['phase'],
  generation: number,
  cluster: MpcCluster,
  reports: readonly AuxiliaryReport[],
): string | undefined {
  if (phase === 'Final') {
    const led = reports.flatMap(report => report.triggers).find(({ epoch }) => epoch === generation);
    return led && formatTrigger(led);
  }
  const running = phase === 'Preparing' || !isFinal(phase) ? runningAttempt(reports)?.number : undefined;
  const attempt = reports.flatMap(report => report.attempt ?? []).find(({ number }) => number === running);
  return attempt?.trigger ?? pendingGenerations(cluster, reports)[0];
}

/** The number of the last attempt; 0: there was none. */
function attemptOf(
  step: AuxiliaryStep,
  generation: number,
  reports: readonly AuxiliaryReport[],
  { failed }: Attempts,
): number {
  if (step.kind === 'none') return generation;
  if (step.kind === 'wait' && step.reason === 'AttemptRunning') return runningAttempt(reports)?.number ?? 0;
  return step.kind === 'wait' && step.failure !== undefined ? step.failure.number : failed;
}

/** The triggers that were carried out, as the party with the highest active generation reports them. */
function carriedOut(reports: readonly AuxiliaryReport[]): NonNullable<AuxiliaryStatus['triggers']> {
  const [last] = [...reports].sort((a, b) => b.active - a.active);
  // The API server takes one trigger of each source, whatever the party reports.
  const bySource = new Map(
    last?.triggers.map(({ source, value, epoch }) => [source, { source, value, generation: epoch }]),
  );
  return [...bySource.values()];
}
