/** How an attempt at an epoch went, in the words that operator and people read. */
import type { AttemptReport } from '@mpc-operator/crds/control';
import type { EpochState } from '../epochs/key-state.ts';
import { isCertified } from '../epochs/key-state.ts';
import { ContextMismatch, Misbehaviour, Timeout } from '../protocol/session/errors.ts';

type Failure = Pick<AttemptReport, 'parties' | 'message'> & { readonly failure: NonNullable<AttemptReport['failure']> };

/**
 * The failure that an error stands for: one of the three kinds of a session, never mixed, or `Internal` for any other
 * error.
 */
export function failureOf(error: unknown): Failure {
  const message = (error instanceof Error ? error.message : 'unknown error').slice(0, 1024);
  if (error instanceof Timeout) return { failure: 'Timeout', parties: [...error.missing], message };
  if (error instanceof Misbehaviour) return { failure: 'Misbehaviour', parties: [...error.culprits], message };
  if (error instanceof ContextMismatch) return { failure: 'ContextMismatch', message };
  return { failure: 'Internal', message };
}

/** The newest attempt that this party has acknowledged, and how far it is. */
export function acknowledgedAttempt(key: EpochState): AttemptReport | undefined {
  const attempt = key.attempts.get(key.highest);
  if (attempt === undefined) return undefined;
  const { epoch: number, trigger } = attempt.proposal;
  const phase = (): AttemptReport['phase'] => {
    if (key.final >= number) return 'Final';
    if (key.active >= number) return 'Activated';
    return isCertified(attempt) ? 'Certified' : 'Acknowledged';
  };
  return { number, trigger, phase: phase() };
}
