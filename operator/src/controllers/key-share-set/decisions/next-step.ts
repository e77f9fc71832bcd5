import { formatTrigger, requestedTriggers, type Trigger } from '@mpc-operator/crds/annotations';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { runningAttempt } from '../../../parties/running-attempt.ts';
import { type Holding, type Member, reportsOf } from './holding.ts';

/** What to do for a key now. */
export type Step =
  | { readonly kind: 'none' }
  /** Something is on its way, or cannot begin yet. */
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string; readonly until?: number }
  | { readonly kind: 'keygen'; readonly number: number; readonly triggers: readonly string[] }
  | { readonly kind: 'refresh'; readonly number: number; readonly keyId: string; readonly trigger: string };

/** What this operator remembers of the attempts it commanded: nothing that must not be lost. */
export interface Attempts {
  /** The highest number it has given out. */
  readonly number: number;
  /** Until when the parties have time to show that they have begun. */
  readonly shownBy: number;
  /** When the next attempt may begin. */
  readonly notBefore: number;
  /** The highest number that is known to have failed. */
  readonly failed: number;
  /** Why it failed. */
  readonly message?: string;
}

export const NO_ATTEMPTS: Attempts = { number: 0, shownBy: 0, notBefore: 0, failed: 0 };

/** The highest number there can be: `attempt` in the control messages. */
const MAX_NUMBER = 2 ** 31 - 1;
/** Characters of a trigger's value, and triggers of a key, that the control messages allow. */
const MAX_VALUE = 128;
const MAX_TRIGGERS = 32;

/** `now` in milliseconds of any clock, the same as in `attempts`. */
export function nextStep(key: KeyShareSet, holding: Holding, attempts: Attempts, now: number): Step {
  const { members } = holding;
  const none = members.every(member => member.kind === 'nothing');
  const missing = members.filter(member => member.kind === 'unknown' || !member.ready).map(member => member.id);
  if (holding.key === undefined && !none) return waitForKey(missing);
  const running = runningAttempt(reportsOf(members));
  if (running !== undefined && !isGivenUp(running, attempts)) {
    return wait('AttemptRunning', `the parties are at attempt ${running.number} (${running.phase})`);
  }
  const trigger = holding.key === undefined ? undefined : pendingTriggers(key, members)[0];
  if (holding.key !== undefined && trigger === undefined) return { kind: 'none' };
  const incomplete = waitForParties(missing, holding.strangers);
  if (incomplete !== undefined) return incomplete;
  if (now < attempts.shownBy && holding.highest < attempts.number) {
    return { ...wait('AttemptCommanded', `the parties begin attempt ${attempts.number}`), until: attempts.shownBy };
  }
  if (now < attempts.notBefore) {
    return { ...wait('BackingOff', attempts.message ?? 'the last attempt failed'), until: attempts.notBefore };
  }
  const number = Math.max(holding.highest, attempts.number) + 1;
  if (number > MAX_NUMBER) return wait('NumbersExhausted', `a party says it has seen attempt ${holding.highest}`);
  if (holding.key === undefined || trigger === undefined) {
    return { kind: 'keygen', number, triggers: usableTriggers(key).map(formatTrigger) };
  }
  return { kind: 'refresh', number, keyId: holding.key.keyId, trigger };
}

/** The triggers that the annotations ask for and that led to no epoch yet, in the order in which they are carried out. */
export function pendingTriggers(key: KeyShareSet, members: readonly Member[]): readonly string[] {
  const done = members.flatMap(member => (member.kind === 'holds' ? member.key.triggers : []));
  return usableTriggers(key)
    .filter(({ source, value }) => !done.some(trigger => trigger.source === source && trigger.value === value))
    .map(formatTrigger);
}

/** Sources of triggers whose value no party would take: see `triggers` of a key report. */
export function unusableSources(key: KeyShareSet): readonly string[] {
  return requestedTriggers(key.metadata.annotations)
    .filter(({ value }) => value.length > MAX_VALUE)
    .map(({ source }) => source);
}

function usableTriggers(key: KeyShareSet): readonly Trigger[] {
  return requestedTriggers(key.metadata.annotations)
    .filter(({ value }) => value !== '' && value.length <= MAX_VALUE)
    .slice(0, MAX_TRIGGERS);
}

/** Some hold it, but too few say the same of it yet: they see to that among themselves. */
function waitForKey(missing: readonly number[]): Step {
  if (missing.length > 0) return wait('WaitingForParties', `what the parties hold is not known: ${list(missing)}`);
  return wait('KeySpreading', 'the key is certified, and the parties give it to each other');
}

/** An attempt takes all parties, and each must know whom it deals with. */
function waitForParties(missing: readonly number[], [stranger]: Holding['strangers']): Step | undefined {
  if (missing.length > 0) return wait('WaitingForParties', `all parties are needed, but ${list(missing)}`);
  return stranger && wait('PartiesMeeting', `party ${stranger[0]} has not met party ${stranger[1]} yet`);
}

/** One that never got all acknowledgements: those who gave theirs go on to show it until a higher number is final. */
function isGivenUp({ number, phase }: { number: number; phase: string }, { failed }: Attempts): boolean {
  return phase === 'Acknowledged' && number <= failed;
}

function wait(reason: string, message: string): Extract<Step, { kind: 'wait' }> {
  return { kind: 'wait', reason, message };
}

function list(ids: readonly number[]): string {
  return ids.length === 1 ? `party ${ids[0]} is not ready` : `parties ${ids.join(', ')} are not ready`;
}
