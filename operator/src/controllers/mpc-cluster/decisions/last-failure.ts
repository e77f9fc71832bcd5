import type { AuxiliaryReport } from '@mpc-operator/crds/control';
import { failedAttempt } from '../../../parties/failed-attempt.ts';
import type { Attempts } from '../../attempts.ts';

export interface Failure {
  readonly number: number;
  readonly message: string;
}

/**
 * The last attempt at the next generation, if it failed: by what the parties say of this trigger, or what this operator remembers, for one that
 * refuses says nothing, and one that was restarted has forgotten. One that was put off has not failed, nor has it with those that had begun.
 */
export function lastFailure(
  reports: readonly AuxiliaryReport[],
  trigger: string,
  attempts: Attempts,
): Failure | undefined {
  const reported = failedAttempt(reports, trigger);
  const remembered = attempts.failures > 0 ? { number: attempts.failed, message: attempts.message } : undefined;
  const last = (reported?.number ?? 0) >= (remembered?.number ?? 0) ? reported : remembered;
  const certified = Math.max(0, ...reports.map(({ active }) => active));
  if (last === undefined || last.number <= Math.max(certified, attempts.putOff)) return undefined;
  return { number: last.number, message: last.message ?? 'no reason was given' };
}

/** What is waited for, and what went wrong before. */
export function describeWait({ message, failure }: { readonly message: string; readonly failure?: Failure }): string {
  if (failure === undefined) return message;
  const last = `last attempt ${failure.number} failed: ${failure.message}`;
  return message === failure.message ? last : `${last}; ${message}`;
}
