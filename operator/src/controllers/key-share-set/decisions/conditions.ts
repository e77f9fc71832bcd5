import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { areOldSharesErased } from '@mpc-operator/crds/old-shares-erased';
import type { Observation } from '@mpc-operator/runtime/conditions';
import { ableTogether } from '../../../parties/bans.ts';
import { failedAttempt } from '../../../parties/failed-attempt.ts';
import { observation } from '../../observation.ts';
import { unusableSources } from '../../triggers.ts';
import type { Fault } from './fault.ts';
import { absentMembers, erasedBelowOf, type Holding, type Member, reportsOf } from './holding.ts';
import { pendingTriggers } from './next-refresh.ts';
import type { Step } from './next-step.ts';

/**
 * The conditions of a KeyShareSet that is as it should be, or on its way there.
 * @param key with the threshold and parties that the key has
 * @param difference how the spec that was applied differs from them, as `keyAsHeld` says
 */
export function keyConditions(
  key: KeyShareSet,
  holding: Holding,
  step: Step,
  difference?: string,
): readonly Observation[] {
  return [
    ready(key, holding, step),
    specApplied(holding, difference),
    oldSharesErased(key, holding),
    refreshBlocked(key, holding, step),
    progressing(step),
    observation('Stalled', 'False', 'NotStalled', 'nothing has to be changed'),
  ];
}

/** The conditions of a KeyShareSet for which nothing can be done until somebody changes something. */
export function faultConditions({ reason, message }: Fault): readonly Observation[] {
  return [
    observation('Ready', 'False', reason, message),
    observation('Progressing', 'False', reason, 'nothing is done until this is changed'),
    observation('Stalled', 'True', reason, message),
  ];
}

function ready(key: KeyShareSet, holding: Holding, step: Step): Observation {
  const { reason, status, message } = readiness(key, holding, step);
  const unread = holding.members.flatMap(member =>
    member.kind === 'unknown' && member.unread !== undefined
      ? `; the report of party ${member.id} of this key cannot be read (${member.unread}): run one version everywhere`
      : [],
  );
  return observation('Ready', status, reason, `${message}${unread.join('')}`);
}

function readiness({ spec }: KeyShareSet, { key, members, bans }: Holding, step: Step): Observation {
  if (key === undefined) {
    const failed = failedAttempt(reportsOf(members));
    if (failed !== undefined && step.kind !== 'none') {
      return observation('Ready', 'False', 'KeygenFailed', failed.message ?? `attempt ${failed.number} failed`);
    }
    const message = step.kind === 'wait' ? step.message : 'the parties make the key';
    return observation('Ready', 'False', step.kind === 'wait' ? step.reason : 'Keygen', message);
  }
  const able = members.filter(member => member.kind === 'holds' && member.ready && member.key.active > 0);
  const together = ableTogether(
    spec,
    able.map(member => member.id),
    bans,
  );
  const apart = able.filter(member => !together.includes(member.id));
  const without = apart.length === 0 ? '' : `; without ${ids(apart)}, for bans (see NoMisbehaviour of the MpcCluster)`;
  const message = `${together.length} of ${members.length} parties are ready, ${spec.threshold} are needed${without}`;
  if (together.length >= spec.threshold) return observation('Ready', 'True', 'QuorumReady', message);
  const reason = able.length >= spec.threshold ? 'PartyBanned' : 'TooFewParties';
  return observation('Ready', 'False', reason, message);
}

/** Whether the key is shared as the spec asks. A key that is shared otherwise goes on, and the difference is shown. */
function specApplied({ key }: Holding, difference: string | undefined): Observation {
  const type = 'SpecApplied';
  if (difference !== undefined) return observation(type, 'False', 'KeyDiffers', difference);
  if (key === undefined) return observation(type, 'Unknown', 'NoKey', 'there is no key yet');
  return observation(type, 'True', 'AsHeld', 'the key has the threshold and parties of the spec');
}

function oldSharesErased({ spec }: KeyShareSet, { key, members }: Holding): Observation {
  const type = 'OldSharesErased';
  if (key === undefined) return observation(type, 'Unknown', 'NoKey', 'there is no key yet');
  const { epoch, base } = key.certificate;
  if (base === 0) return observation(type, 'True', 'FirstEpoch', 'there were no shares before');
  if (areOldSharesErased(spec, erasedBelowOf(members), epoch)) {
    const rest = members.filter(member => member.kind !== 'holds' || member.key.erasedBelow < epoch);
    const left = rest.length === 0 ? '' : `; not yet confirmed by ${ids(rest)}`;
    return observation(type, 'True', 'Erased', `too few shares of epochs before ${epoch} are left to use${left}`);
  }
  return observation(type, 'False', 'ErasurePending', `shares of epochs before ${epoch} are not destroyed yet`);
}

/** Whether a refresh that is asked for cannot go on. Without such a refresh a party that is away blocks nothing. */
function refreshBlocked(key: KeyShareSet, { key: held, members }: Holding, step: Step): Observation {
  const type = 'RefreshBlocked';
  const unusable = unusableSources(key.metadata.annotations);
  if (unusable.length > 0) {
    const sources = unusable.join(', ');
    const message = `the value of ${sources} has more than 128 characters: take a shorter one, such as a time`;
    return observation(type, 'True', 'InvalidTrigger', message);
  }
  const [trigger] = held === undefined ? [] : pendingTriggers(key, members);
  const absent = absentMembers(members);
  const underWay = held !== undefined && members.some(member => member.kind === 'holds' && !isFinal(member));
  if (absent.length > 0 && (trigger !== undefined || underWay)) {
    return observation(type, 'True', 'PartiesMissing', `a refresh needs all parties; not ready: ${ids(absent)}`);
  }
  const failed = trigger === undefined ? undefined : failedAttempt(reportsOf(members), trigger);
  if (failed !== undefined && step.kind === 'wait' && step.reason === 'BackingOff') {
    const who = failed.parties?.length ? ` (parties ${failed.parties.join(', ')})` : '';
    return observation(type, 'True', failed.failure ?? 'Failed', `${failed.message ?? 'the attempt failed'}${who}`);
  }
  if (trigger === undefined) return observation(type, 'False', 'NotBlocked', 'no refresh is asked for');
  return notBlocked(step);
}

/** The condition of a refresh that nobody has to do anything for. A rotation that must come first blocks nothing. */
function notBlocked(step: Step): Observation {
  const isHeldBack = step.kind === 'wait' && step.reason === 'WaitingForAuxiliary';
  const [reason, message] = isHeldBack ? [step.reason, step.message] : ['NotBlocked', 'nothing is missing'];
  return observation('RefreshBlocked', 'False', reason, message);
}

function progressing(step: Step): Observation {
  const type = 'Progressing';
  switch (step.kind) {
    case 'none':
      return observation(type, 'False', 'Settled', 'nothing is left to do');
    case 'wait':
      return observation(type, 'True', step.reason, step.message);
    case 'keygen':
      return observation(type, 'True', 'Keygen', `the parties are asked to make the key, attempt ${step.number}`);
    case 'refresh':
      return observation(type, 'True', 'Refresh', `the parties are asked to refresh, attempt ${step.number}`);
  }
}

function isFinal(member: Extract<Member, { kind: 'holds' }>): boolean {
  return member.key.final >= member.key.certificate.epoch;
}

function ids(members: readonly Member[]): string {
  return `${members.length === 1 ? 'party' : 'parties'} ${members.map(member => member.id).join(', ')}`;
}
