import { formatTrigger } from '@mpc-operator/crds/annotations';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { attendanceObstacle, describeMissing } from '../../../parties/obstacles.ts';
import { type Attempts, nextNumber, type Wait, wait, waitForAttempt } from '../../attempts.ts';
import { notCarriedOut, usableTriggers } from '../../triggers.ts';
import { type Auxiliary, type Holding, type Member, reportsOf } from './holding.ts';

/** What to do for a key now. */
export type Step =
  | { readonly kind: 'none' }
  | Wait
  | { readonly kind: 'keygen'; readonly number: number; readonly triggers: readonly string[] }
  | { readonly kind: 'refresh'; readonly number: number; readonly keyId: string; readonly trigger: string };

/** `now` in milliseconds of any clock, the same as in `attempts`. */
export function nextStep(key: KeyShareSet, holding: Holding, attempts: Attempts, now: number): Step {
  const { members } = holding;
  const none = members.every(member => member.kind === 'nothing');
  const missing = members.filter(member => member.kind === 'unknown' || !member.ready).map(member => member.id);
  if (holding.key === undefined && !none) return waitForKey(missing);
  const running = waitForAttempt(reportsOf(members), attempts);
  if (running !== undefined) return running;
  const pending = holding.key === undefined ? [] : pendingTriggers(key, members);
  if (holding.key !== undefined && pending.length === 0) return { kind: 'none' };
  const obstacle = attendanceObstacle(missing, holding.strangers);
  if (obstacle !== undefined) return wait(obstacle.reason, obstacle.message);
  if (holding.key === undefined && key.spec.purpose === 'ecdsa' && holding.auxiliary.generation === undefined) {
    return waitForAuxiliary(key, holding.auxiliary);
  }
  const trigger = pending.find(asked => !isHeldBack(key, asked, holding.auxiliary));
  if (holding.key !== undefined && trigger === undefined) return waitForRotation(key);
  const number = nextNumber(holding.highest, attempts, now);
  if (typeof number !== 'number') return number;
  if (holding.key === undefined || trigger === undefined) {
    return { kind: 'keygen', number, triggers: usableTriggers(key.metadata.annotations).map(formatTrigger) };
  }
  return { kind: 'refresh', number, keyId: holding.key.keyId, trigger };
}

/** The triggers that the annotations ask for and that led to no epoch yet, in the order in which they are carried out. */
export function pendingTriggers({ metadata }: KeyShareSet, members: readonly Member[]): readonly string[] {
  const done = members.flatMap(member => (member.kind === 'holds' ? member.key.triggers : []));
  return notCarriedOut(usableTriggers(metadata.annotations), done).map(formatTrigger);
}

/**
 * Shares that are refreshed under old auxiliary secrets are not healed. So what a policy asks for waits for the rotation that the same slot asks
 * of the cluster; what a person asks for never waits.
 */
function isHeldBack({ spec }: KeyShareSet, trigger: string, { awaited }: Auxiliary): boolean {
  return spec.purpose === 'ecdsa' && awaited.includes(trigger);
}

/** Some hold it, but too few say the same of it yet: they see to that among themselves. */
function waitForKey(missing: readonly number[]): Step {
  if (missing.length > 0) {
    return wait('WaitingForParties', `what the parties hold is not known: ${describeMissing(missing)}`);
  }
  return wait('KeySpreading', 'the key is certified, and the parties give it to each other');
}

function waitForRotation({ spec }: KeyShareSet): Step {
  const { name } = spec.clusterRef;
  return wait(
    'WaitingForAuxiliary',
    `the slot of the policy rotates the auxiliary information of MpcCluster ${name} first: shares refreshed before would not be healed. Its AuxiliaryReady says how far it is`,
  );
}

/** A key that nobody could sign with is not made. */
function waitForAuxiliary({ spec }: KeyShareSet, { primesReady }: Auxiliary): Step {
  const { name } = spec.clusterRef;
  return wait(
    'WaitingForAuxiliary',
    `a key for ECDSA needs auxiliary information that is final at all its parties; ${primesReady} of them have safe primes for it. MpcCluster ${name} says in AuxiliaryReady how far it is`,
  );
}
