import type { AuxiliaryReport } from '@mpc-operator/crds/control';
import { failedAttempt } from '../../../parties/failed-attempt.ts';
import type { Attempts } from '../../attempts.ts';

export interface Failure {
  readonly number: number;
  readonly message: string;
}

/**
 * Returns the last attempt at the next generation if it failed, as the parties report it for this trigger or as this
 * operator remembers it: a party that refuses an attempt reports none, and a party that was restarted has forgotten it.
 * An attempt that was put off has not failed, even if parties that had begun it report a failure.
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

/** Describes what is waited for, and what went wrong before. */
export function describeWait({ message, failure }: { readonly message: string; readonly failure?: Failure }): string {
  if (failure === undefined) return message;
  const last = `last attempt ${failure.number} failed: ${failure.message}`;
  return message === failure.message ? last : `${last}; ${message}`;
}
