import type { AuxiliaryReport } from '@mpc-operator/crds/control';
import type { PartyViews } from './view.ts';

/** A final generation of auxiliary information. */
export interface Generation {
  readonly number: number;
  /** The time at which the generation became final. */
  readonly time?: string;
  /** The time at which the generation became final, by the clock of each party that reports it. */
  readonly times: ReadonlyMap<number, string>;
}

/** The reports of those of these parties that report auxiliary information, in the order of the parties. */
export function auxiliaryReports(ids: readonly number[], views: PartyViews): readonly AuxiliaryReport[] {
  return ids.flatMap(id => views.get(id)?.report?.auxiliary ?? []);
}

/** Whether the party has a generation for which all of these parties made proofs to each other. */
export function covers({ active, parties }: AuxiliaryReport, ids: readonly number[]): boolean {
  return active > 0 && ids.every(id => parties.includes(id));
}

/**
 * The generation that is final at all of these parties and that all of them are part of; undefined if there is none.
 */
export function commonGeneration(ids: readonly number[], views: PartyViews): Generation | undefined {
  const reports = auxiliaryReports(ids, views);
  const [first] = reports;
  if (first === undefined || reports.length < ids.length) return undefined;
  const { final: number, finalTime: time } = first;
  const shared = reports.every(report => report.active === number && report.final === number && covers(report, ids));
  const times = ids.flatMap(id => timeOf(id, views));
  return shared ? { number, ...(time === undefined ? {} : { time }), times: new Map(times) } : undefined;
}

function timeOf(id: number, views: PartyViews): readonly [number, string][] {
  const time = views.get(id)?.report?.auxiliary?.finalTime;
  return time === undefined ? [] : [[id, time]];
}

/** The number of these parties that have safe primes at hand for the next generation, such as 2/3. */
export function primesReady(ids: readonly number[], views: PartyViews): string {
  return `${auxiliaryReports(ids, views).filter(({ primes }) => primes === 'Ready').length}/${ids.length}`;
}
