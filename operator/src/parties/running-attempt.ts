import type { KeyReport } from '@mpc-operator/crds/control';

type Attempt = NonNullable<KeyReport['attempt']>;

/** The attempt at one key that its parties are at, by what all of them report of the key; undefined if they are at rest. */
export function runningAttempt(reports: readonly KeyReport[]): Pick<Attempt, 'number' | 'phase'> | undefined {
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
