import type { AttemptReport } from '@mpc-operator/crds/control';
import type { Numbered } from './running-attempt.ts';

/** The failed attempt with the highest number, as the party reports it that says most about it. */
export function failedAttempt(reports: readonly Numbered[], trigger?: string): AttemptReport | undefined {
  const [last] = reports
    .flatMap(report => report.attempt ?? [])
    .filter(attempt => attempt.phase === 'Failed' && (trigger === undefined || attempt.trigger === trigger))
    .sort((a, b) => b.number - a.number || weight(b) - weight(a));
  return last;
}

/** How much a failure says: proof of misbehaviour more than a wrong configuration, and that more than a timeout. */
function weight({ failure }: AttemptReport): number {
  return ['Timeout', 'Internal', 'ContextMismatch', 'Misbehaviour'].indexOf(failure ?? 'Timeout');
}
