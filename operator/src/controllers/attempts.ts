import type { AttemptReport } from '@mpc-operator/crds/control';
import { type Numbered, runningAttempt } from '../parties/running-attempt.ts';

/** What this operator remembers of the attempts it commanded: nothing that must not be lost. */
export interface Attempts {
  /** The highest number it has given out. */
  readonly number: number;
  /** Until when the parties have time to show that they have begun. */
  readonly shownBy: number;
  /** When the next attempt may begin. */
  readonly notBefore: number;
  /** The highest number of which nothing more is expected: it failed, or was put off. */
  readonly failed: number;
  /** The highest number that was put off: a party needed time, which is no failure, whatever those say that had begun. */
  readonly putOff: number;
  /** How many have failed since the last success. */
  readonly failures: number;
  /** Why the last one failed, or was put off. */
  readonly message?: string;
}

export const NO_ATTEMPTS: Attempts = { number: 0, shownBy: 0, notBefore: 0, failed: 0, putOff: 0, failures: 0 };

/** Something is on its way, or cannot begin yet. */
export interface Wait {
  readonly kind: 'wait';
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
  /** By the clock, when to look again; undefined if somebody will say. */
  readonly until?: number;
}

/** The highest number there can be: `attempt` in the control messages. */
const MAX_NUMBER = 2 ** 31 - 1;

export function wait(reason: string, message: string): Wait {
  return { kind: 'wait', reason, message };
}

/** The attempt that the parties are at and that must come to its end first. */
export function waitForAttempt(reports: readonly Numbered[], attempts: Attempts): Wait | undefined {
  const running = runningAttempt(reports);
  if (running === undefined || isGivenUp(running, attempts)) return undefined;
  return wait('AttemptRunning', `the parties are at attempt ${running.number} (${running.phase})`);
}

/**
 * The number of an attempt that may begin now, or what is waited for. `highest` is the highest that any party has taken part in, `now`
 * in milliseconds of the clock of `attempts`.
 */
export function nextNumber(highest: number, attempts: Attempts, now: number): number | Wait {
  if (now < attempts.shownBy && highest < attempts.number) {
    return { ...wait('AttemptCommanded', `the parties begin attempt ${attempts.number}`), until: attempts.shownBy };
  }
  if (now < attempts.notBefore) {
    const reason = attempts.putOff > 0 && attempts.putOff === attempts.failed ? 'PutOff' : 'BackingOff';
    return { ...wait(reason, attempts.message ?? 'the last attempt failed'), until: attempts.notBefore };
  }
  const number = Math.max(highest, attempts.number) + 1;
  return number > MAX_NUMBER ? wait('NumbersExhausted', `a party says it has seen attempt ${highest}`) : number;
}

/** One that never got all acknowledgements: those who gave theirs go on to show it until a higher number is final. */
function isGivenUp({ number, phase }: Pick<AttemptReport, 'number' | 'phase'>, { failed }: Attempts): boolean {
  return phase === 'Acknowledged' && number <= failed;
}
