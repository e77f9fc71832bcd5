import { formatTrigger } from '@mpc-operator/crds/annotations';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { attendanceObstacle, describeMissing } from '../../../parties/obstacles.ts';
import { type Attempts, nextNumber, type Wait, wait, waitForAttempt } from '../../attempts.ts';
import { triggersOfKeygen, usableTriggers } from '../../triggers.ts';
import { type Auxiliary, absentMembers, type Holding, type Member, reportsOf } from './holding.ts';

/** All parties begin this attempt at making the key. */
export interface KeygenStep {
  readonly kind: 'keygen';
  readonly number: number;
  readonly triggers: readonly string[];
}

/**
 * Returns what to do for a key that too few parties agree on yet.
 * @param now milliseconds of the clock of `attempts`
 */
export function nextKeygen(key: KeyShareSet, holding: Holding, attempts: Attempts, now: number): KeygenStep | Wait {
  const { members, strangers, auxiliary, seen } = holding;
  const missing = absentMembers(members).map(member => member.id);
  if (members.some(member => member.kind !== 'nothing')) return waitForKey(members, missing);
  const running = waitForAttempt(reportsOf(members), seen, attempts);
  if (running !== undefined) return running;
  const obstacle = attendanceObstacle(missing, strangers);
  if (obstacle !== undefined) return wait(obstacle.reason, obstacle.message);
  if (key.spec.purpose === 'ecdsa' && auxiliary.generation === undefined) return waitForAuxiliary(key, auxiliary);
  const number = nextNumber(seen, attempts, now);
  if (typeof number !== 'number') return number;
  const triggers = triggersOfKeygen(usableTriggers(key.metadata.annotations));
  return { kind: 'keygen', number, triggers: triggers.map(formatTrigger) };
}

/** Some parties hold the key, but too few report the same of it yet: the parties see to that among themselves. */
function waitForKey(members: readonly Member[], missing: readonly number[]): Wait {
  const crossed = crossedKeygens(members);
  if (crossed !== undefined) return crossed;
  if (missing.length > 0) {
    return wait('WaitingForParties', `what the parties hold is not known: ${describeMissing(missing)}`);
  }
  return wait('KeySpreading', 'the key is certified, and the parties give it to each other');
}

/**
 * Waits for people if one party has activated a key that another party has given up by acknowledging a later keygen:
 * neither key can become final (decision 5).
 */
function crossedKeygens(members: readonly Member[]): Wait | undefined {
  for (const { id, key } of members.flatMap(member => (member.kind === 'holds' ? member : []))) {
    const later = members.find(
      other =>
        other.kind === 'nothing' &&
        other.key?.keyId !== undefined &&
        other.key.keyId !== key.keyId &&
        other.key.highest > key.certificate.epoch,
    );
    if (later === undefined) continue;
    return wait(
      'KeygensCrossed',
      `party ${id} has activated the key of attempt ${key.certificate.epoch}, but party ${later.id} has given it up ` +
        'for a later attempt, so that neither can become the key: delete the KeyShareSet with spec.deletionPolicy ' +
        'Destroy, and apply it again',
    );
  }
  return undefined;
}

/** Waits for the auxiliary information of the cluster: a key that nobody could sign with is not made. */
function waitForAuxiliary({ spec }: KeyShareSet, { primesReady }: Auxiliary): Wait {
  const { name } = spec.clusterRef;
  return wait(
    'WaitingForAuxiliary',
    `a key for ECDSA needs auxiliary information that is final at all its parties; ${primesReady} of them have ` +
      `safe primes for it. MpcCluster ${name} says in AuxiliaryReady how far it is`,
  );
}
