import type { AttemptReport } from '@mpc-operator/crds/control';

/**
 * A report of anything that goes from number to number: the epochs of a key, the generations of auxiliary information.
 */
export interface Numbered {
  readonly active: number;
  readonly final: number;
  /** The certificate of the highest certified number; a report of auxiliary information has none. */
  readonly certificate?: { readonly epoch: number } | undefined;
  readonly attempt?: AttemptReport | undefined;
}

/**
 * Returns the attempt that the parties are at, by all their reports of the same thing; undefined if they are at rest.
 */
export function runningAttempt(reports: readonly Numbered[]): Pick<AttemptReport, 'number' | 'phase'> | undefined {
  const unfinished = reports.find(
    ({ active, final, certificate }) => active !== final || (certificate?.epoch ?? 0) > final,
  );
  if (unfinished !== undefined) {
    const number = Math.max(unfinished.active, unfinished.certificate?.epoch ?? 0);
    return { number, phase: unfinished.attempt?.number === number ? unfinished.attempt.phase : 'Activated' };
  }
  const attempts = reports.flatMap(report => report.attempt ?? []);
  const number = Math.max(0, ...attempts.map(attempt => attempt.number));
  const latest = attempts.filter(attempt => attempt.number === number);
  for (const phase of ['Activated', 'Certified', 'Preparing', 'Acknowledged'] as const) {
    if (latest.some(attempt => attempt.phase === phase)) return { number, phase };
  }
  return undefined;
}
