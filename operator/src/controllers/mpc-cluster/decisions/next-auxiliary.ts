import { AUXILIARY_ANNOTATION, formatTrigger, type Trigger } from '@mpc-operator/crds/annotations';
import type { AuxiliaryReport } from '@mpc-operator/crds/control';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { majorityOf, type SeenNumbers, seenNumbers } from '../../../parties/attempt-numbers.ts';
import { auxiliaryReports, primesReady } from '../../../parties/auxiliary.ts';
import { bansBy } from '../../../parties/bans.ts';
import { attendanceObstacle, type Obstacle, strangersAmong } from '../../../parties/obstacles.ts';
import type { PartyViews } from '../../../parties/view.ts';
import { type Attempts, nextNumber, type Wait, wait, waitForAttempt } from '../../attempts.ts';
import { notCarriedOut } from '../../run-once.ts';
import { unusableSources, usableTriggers } from '../../triggers.ts';
import { type Failure, lastFailure } from './last-failure.ts';

/** What to do for the auxiliary information of threshold ECDSA now. */
export type AuxiliaryStep =
  /** Nothing. `remark`: what somebody asked for and nobody can do. */
  | { readonly kind: 'none'; readonly remark?: string }
  /** A wait. `failure`: why there must be another attempt. */
  | (Wait & { readonly failure?: Failure })
  /** All parties begin this attempt at the next generation. */
  | { readonly kind: 'generate'; readonly number: number; readonly trigger: string };

export interface AuxiliaryFacts {
  readonly cluster: MpcCluster;
  readonly views: PartyViews;
  readonly attempts: Attempts;
  /** Milliseconds of the clock of `attempts`. */
  readonly now: number;
  /** Why nothing may be begun, whatever the parties say. */
  readonly hold?: Obstacle | undefined;
}

/**
 * Returns what to do for the auxiliary information of a cluster. All parties take part in each generation, which is
 * made once all of them are there and have their primes. The parties themselves report the last generation and the
 * triggers that it was for, so that nothing depends on a status.
 */
export function nextAuxiliary({ cluster, views, attempts, now, hold }: AuxiliaryFacts): AuxiliaryStep {
  const ids = partiesOf(cluster);
  const reports = auxiliaryReports(ids, views);
  const seen = seenGenerations(ids, reports);
  const running = waitForAttempt(reports, seen, attempts);
  if (running !== undefined) return running;
  const [trigger] = pendingGenerations(cluster, reports);
  if (trigger === undefined) return { kind: 'none', ...remarkOn(cluster) };
  const failure = lastFailure(reports, trigger, attempts);
  const afterFailure = (step: Wait): AuxiliaryStep => ({ ...step, ...(failure && { failure }) });
  const missing = ids.filter(id => views.get(id)?.report?.ready !== true);
  const obstacle =
    attendanceObstacle(missing, strangersAmong(ids, views)) ??
    outdated(cluster, ids, views) ??
    banned(ids, views) ??
    withoutPrimes(ids, reports, views) ??
    hold;
  if (obstacle !== undefined) return afterFailure(wait(obstacle.reason, obstacle.message));
  const number = nextNumber(seen, attempts, now);
  if (typeof number === 'number') return { kind: 'generate', number, trigger };
  return number.reason === 'AttemptCommanded' ? number : afterFailure(number);
}

/** The ids of the parties of a cluster, ascending. */
export function partiesOf({ spec }: MpcCluster): readonly number[] {
  return spec.parties.map(party => party.id).sort((a, b) => a - b);
}

/** The numbers of attempts at generations that the parties of a cluster have seen. */
export const seenGenerations = (ids: readonly number[], reports: readonly AuxiliaryReport[]): SeenNumbers =>
  seenNumbers(
    reports.map(report => report.highest),
    majorityOf(ids.length),
  );

/** The triggers that have led to no generation yet, in the order in which they are carried out. */
export function pendingGenerations(cluster: MpcCluster, reports: readonly AuxiliaryReport[]): readonly string[] {
  const asked = usableTriggers(cluster.metadata.annotations, AUXILIARY_ANNOTATION);
  const done = reports.flatMap(report => report.triggers);
  return notCarriedOut([...ofItself(cluster, reports), ...asked], done).map(formatTrigger);
}

/**
 * The triggers that nobody needs to ask for: the first generation; one for parties that the last generation does not
 * have; and one of the level of the cluster, if the last generation is of another. That happens after a cluster of the
 * same name was deleted and has left its parties what they have.
 */
function ofItself(cluster: MpcCluster, reports: readonly AuxiliaryReport[]): readonly Trigger[] {
  const ids = partiesOf(cluster);
  const { securityLevel } = cluster.spec;
  const [last] = [...reports].sort((a, b) => b.final - a.final);
  if (last === undefined || last.final === 0) return [{ source: 'first', value: '' }];
  const added = ids.some(id => !last.parties.includes(id));
  return [
    ...(added ? [{ source: 'parties', value: ids.join('-') }] : []),
    ...(last.level === securityLevel ? [] : [{ source: 'level', value: String(securityLevel) }]),
  ];
}

/**
 * Returns why a party cannot take part before it is restarted with what the cluster has now: the order for an attempt
 * would mean nothing to the party, or something else. If a party has a generation, its level is that of the generation,
 * which a rotation changes.
 */
function outdated({ spec }: MpcCluster, ids: readonly number[], views: PartyViews): Obstacle | undefined {
  for (const id of ids) {
    const auxiliary = views.get(id)?.report?.auxiliary;
    if (auxiliary !== undefined && (auxiliary.active > 0 || auxiliary.level === spec.securityLevel)) continue;
    const unread = views.get(id)?.unreadFields?.find(({ name }) => name === 'auxiliary');
    if (unread !== undefined) {
      const message = `what party ${id} reports of auxiliary information cannot be read (${unread.why})`;
      return { reason: 'PartyOutdated', message: `${message}: operator and parties must run one version` };
    }
    const what =
      auxiliary === undefined
        ? 'runs a version without ECDSA'
        : `works at level ${auxiliary.level}, not ${spec.securityLevel}`;
    return {
      reason: 'PartyOutdated',
      message: `party ${id} ${what}: it must be restarted with the pod template of now`,
    };
  }
  return undefined;
}

/**
 * Returns the ban that makes an attempt impossible. All parties take part or none: with a banned party the attempt
 * would be in vain, and would cost the others their primes.
 */
function banned(ids: readonly number[], views: PartyViews): Obstacle | undefined {
  const ban = bansBy(ids, views).find(({ party }) => ids.includes(party));
  return (
    ban && { reason: 'PartyBanned', message: `party ${ban.by} runs no session with party ${ban.party}: ${ban.reason}` }
  );
}

function withoutPrimes(
  ids: readonly number[],
  reports: readonly AuxiliaryReport[],
  views: PartyViews,
): Obstacle | undefined {
  if (reports.every(({ primes }) => primes === 'Ready')) return undefined;
  const ready = primesReady(ids, views);
  const message = `${ready} parties have made their safe primes, which takes minutes: nothing has to be done`;
  return { reason: 'GeneratingPrimes', message };
}

function remarkOn({ metadata }: MpcCluster): { readonly remark?: string } {
  const sources = unusableSources(metadata.annotations, AUXILIARY_ANNOTATION);
  if (sources.length === 0) return {};
  return {
    remark: `the value of ${sources.join(', ')} has more than 128 characters: take a shorter one, such as a time`,
  };
}
