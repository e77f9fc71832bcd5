import { MAX_NUMBER, MAX_NUMBER_JUMP } from '@mpc-operator/crds/bounds';
import type { AttemptReport } from '@mpc-operator/crds/control';
import { credible, type SeenNumbers } from '../parties/attempt-numbers.ts';
import { type Numbered, runningAttempt } from '../parties/running-attempt.ts';

/** What this operator remembers of the attempts that it commanded. All of it may be lost. */
export interface Attempts {
  /** The highest number that this operator has given out. */
  readonly number: number;
  /** The time by which the parties must show that they have begun. */
  readonly shownBy: number;
  /** The earliest time at which the next attempt may begin. */
  readonly notBefore: number;
  /** The highest number of an attempt that is over: it failed, or was put off. */
  readonly failed: number;
  /**
   * The highest number of an attempt that was put off because a party needed time. It has not failed, even if the
   * parties that had begun it report that it has.
   */
  readonly putOff: number;
  /** The number of attempts that failed since the last success. */
  readonly failures: number;
  /** Why the last attempt failed, or was put off. */
  readonly message?: string;
}

export const NO_ATTEMPTS: Attempts = { number: 0, shownBy: 0, notBefore: 0, failed: 0, putOff: 0, failures: 0 };

/** Nothing can be begun now: something is under way, or something is missing. */
export interface Wait {
  readonly kind: 'wait';
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
  /** The time, by the clock, at which to look again; undefined if a report will lead to another look. */
  readonly until?: number;
}

export function wait(reason: string, message: string): Wait {
  return { kind: 'wait', reason, message };
}

/**
 * Returns a wait for the attempt that the parties are at and that must come to its end first; undefined if there is
 * none.
 */
export function waitForAttempt(
  reports: readonly Numbered[],
  { agreed }: SeenNumbers,
  attempts: Attempts,
): Wait | undefined {
  const running = runningAttempt(credible(reports, agreed, attempts.number));
  if (running === undefined || isGivenUp(running, attempts)) return undefined;
  return wait('AttemptRunning', `the parties are at attempt ${running.number} (${running.phase})`);
}

/**
 * Returns the number of an attempt that may begin now, or what to wait for.
 * @param now milliseconds of the clock of `attempts`
 */
export function nextNumber(seen: SeenNumbers, attempts: Attempts, now: number): number | Wait {
  const { agreed } = seen;
  if (now < attempts.shownBy && agreed < attempts.number) {
    return { ...wait('AttemptCommanded', `the parties begin attempt ${attempts.number}`), until: attempts.shownBy };
  }
  if (now < attempts.notBefore) {
    const reason = attempts.putOff > 0 && attempts.putOff === attempts.failed ? 'PutOff' : 'BackingOff';
    return { ...wait(reason, attempts.message ?? 'the last attempt failed'), until: attempts.notBefore };
  }
  const number = freshNumber(seen, attempts.number);
  return number > MAX_NUMBER ? wait('NumbersExhausted', `the parties have seen attempt ${agreed}`) : number;
}

/**
 * A number above those that the parties have seen and that this operator has given out, as long as every party takes
 * it. Beyond that, the numbers that were given out begin anew: the parties know nothing of them, or have failed.
 */
function freshNumber({ agreed, lowest }: SeenNumbers, given: number): number {
  const limit = lowest + MAX_NUMBER_JUMP;
  const next = Math.max(agreed, given) + 1;
  return next <= limit ? next : Math.min(agreed + 1, limit);
}

/**
 * Whether the attempt never got all acknowledgements: the parties that acknowledged it go on to report it until a
 * higher number is final.
 */
function isGivenUp({ number, phase }: Pick<AttemptReport, 'number' | 'phase'>, { failed }: Attempts): boolean {
  return phase === 'Acknowledged' && number <= failed;
}
