import { formatTrigger } from '@mpc-operator/crds/annotations';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { attendanceObstacle } from '../../../parties/obstacles.ts';
import { type Attempts, nextNumber, type Wait, wait, waitForAttempt } from '../../attempts.ts';
import { notCarriedOut } from '../../run-once.ts';
import { usableTriggers } from '../../triggers.ts';
import { type Auxiliary, absentMembers, type Held, type Holding, type Member, reportsOf } from './holding.ts';

/** All parties begin this attempt at refreshing the key. */
export interface RefreshStep {
  readonly kind: 'refresh';
  readonly number: number;
  readonly keyId: string;
  readonly trigger: string;
}

/**
 * Returns what to do for a key that the parties agree on; undefined if nothing is asked for.
 * @param held the key of `holding`
 * @param now milliseconds of the clock of `attempts`
 */
export function nextRefresh(
  key: KeyShareSet,
  { keyId }: Held,
  holding: Holding,
  attempts: Attempts,
  now: number,
): RefreshStep | Wait | undefined {
  const { members, strangers, auxiliary, seen } = holding;
  const running = waitForAttempt(reportsOf(members), seen, attempts);
  if (running !== undefined) return running;
  const pending = pendingTriggers(key, members);
  if (pending.length === 0) return undefined;
  const missing = absentMembers(members).map(member => member.id);
  const obstacle = attendanceObstacle(missing, strangers);
  if (obstacle !== undefined) return wait(obstacle.reason, obstacle.message);
  const trigger = pending.find(asked => !isHeldBack(key, asked, auxiliary));
  if (trigger === undefined) return waitForRotation(key);
  const number = nextNumber(seen, attempts, now);
  return typeof number === 'number' ? { kind: 'refresh', number, keyId, trigger } : number;
}

/**
 * The triggers that the annotations ask for and that have led to no epoch yet, in the order in which they are carried
 * out.
 */
export function pendingTriggers({ metadata }: KeyShareSet, members: readonly Member[]): readonly string[] {
  const done = members.flatMap(member => (member.kind === 'holds' ? member.key.triggers : []));
  return notCarriedOut(usableTriggers(metadata.annotations), done).map(formatTrigger);
}

/**
 * Whether a trigger has to wait. Shares that are refreshed under old auxiliary secrets are not healed, so what a policy
 * asks for waits for the rotation that the same slot asks of the cluster. What a person asks for never waits.
 */
function isHeldBack({ spec }: KeyShareSet, trigger: string, { awaited }: Auxiliary): boolean {
  return spec.purpose === 'ecdsa' && awaited.includes(trigger);
}

function waitForRotation({ spec }: KeyShareSet): Wait {
  const { name } = spec.clusterRef;
  return wait(
    'WaitingForAuxiliary',
    `the slot of the policy rotates the auxiliary information of MpcCluster ${name} first: ` +
      'shares refreshed before would not be healed. Its AuxiliaryReady says how far it is',
  );
}
