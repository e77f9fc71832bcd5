import type { KeyShareSet, KeyShareSetStatus } from '@mpc-operator/crds/generated/api';
import { type Observation, setConditions } from '@mpc-operator/runtime/conditions';
import type { Attempts } from '../attempts.ts';
import { shownDerivations } from './decisions/derivations.ts';
import type { Held, Holding, Member } from './decisions/holding.ts';
import { refreshStatus } from './decisions/refresh-status.ts';

/**
 * The status of a key: what its parties say that they hold. Fields that the parties cannot be asked for now stay as
 * they were.
 */
export function keyStatus(
  key: KeyShareSet,
  holding: Holding | undefined,
  observations: readonly Observation[],
  attempts: Attempts,
  now: Date,
): KeyShareSetStatus {
  const { generation } = key.metadata;
  const { conditions, ...before } = beforeOf(key, holding);
  const refresh = holding === undefined ? before.refresh : refreshStatus(key, holding, attempts, now);
  const shown = holding?.key === undefined ? before : { ...before, ...projection(key, before, holding.key, holding) };
  const healed = holding?.key && healedTime(key, holding, shown);
  return {
    ...shown,
    // If the newest shares are not healed, the time at which older shares were healed stays.
    ...(healed === undefined ? {} : { healedTime: healed }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    conditions: setConditions(conditions, observations, generation, now),
    ...(holding === undefined ? {} : { parties: holding.members.map(member => partyStatus(member, key.status)) }),
    ...(refresh === undefined ? {} : { refresh }),
  };
}

/**
 * Returns the part of the present status that stays unless something newer is known. Fields that follow from the spec
 * are left out, and fields that live only as long as the processes of the parties.
 */
function beforeOf({ status = {} }: KeyShareSet, holding: Holding | undefined): KeyShareSetStatus {
  const { observedGeneration: _, ...known } = status;
  if (holding === undefined) return known;
  const { presignatures: __, ...before } = known;
  if (holding.key === undefined) return before;
  const { derivations: ___, lastRefreshTime, ...rest } = before;
  // The first report of the time stands: the clocks of other parties differ, and parties come and go.
  const isOfEpoch = before.epoch === holding.key.certificate.epoch && lastRefreshTime !== undefined;
  return { ...rest, ...(isOfEpoch ? { lastRefreshTime } : {}) };
}

/** The fields that follow from a key that exists. */
function projection(
  object: KeyShareSet,
  before: KeyShareSetStatus,
  key: Held,
  { members, auxiliary }: Holding,
): KeyShareSetStatus {
  const { keyId, publicKey, internalKey, addresses, certificate } = key;
  const held = members.flatMap(member => (member.kind === 'holds' ? member.key : []));
  const finalTime = held.find(report => report.final === certificate.epoch)?.finalTime;
  const lastRefreshTime = before.lastRefreshTime ?? finalTime;
  const auxiliaryTime = object.spec.purpose === 'ecdsa' ? auxiliary.generation?.time : undefined;
  const derivations = shownDerivations(object, members);
  const presignatures = held.flatMap(report => report.presignatures ?? []);
  return {
    keyId,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(internalKey === undefined ? {} : { internalKey }),
    addresses,
    ...(derivations.length === 0 ? {} : { derivations }),
    epoch: certificate.epoch,
    certificate,
    triggers: key.triggers,
    ...(lastRefreshTime === undefined ? {} : { lastRefreshTime }),
    ...(auxiliaryTime === undefined ? {} : { auxiliaryTime }),
    ...(presignatures.length === 0 ? {} : { presignatures: presignatures.reduce((sum, count) => sum + count) }),
  };
}

/**
 * The time since which the key is healed. The shares of an ecdsa key are healed only by a refresh under auxiliary
 * secrets that nobody has stolen, and then since these secrets are in use.
 */
function healedTime(
  { spec }: KeyShareSet,
  holding: Holding,
  { lastRefreshTime, auxiliaryTime }: KeyShareSetStatus,
): string | undefined {
  if (spec.purpose !== 'ecdsa') return lastRefreshTime;
  return isRefreshedSince(holding, spec.threshold) ? auxiliaryTime : undefined;
}

/**
 * Whether at least the threshold of parties report that the key was refreshed after the generation of auxiliary
 * information in use was made, and none reports otherwise. Both times are by the clock of the same party, and clocks of
 * different parties are not compared: a policy refreshes seconds after it has rotated.
 */
function isRefreshedSince({ key, members, auxiliary }: Holding, threshold: number): boolean {
  const known = members.flatMap(member => {
    const rotated = auxiliary.generation?.times.get(member.id);
    if (member.kind !== 'holds' || member.key.final !== key?.certificate.epoch) return [];
    const { finalTime: refreshed } = member.key;
    return rotated === undefined || refreshed === undefined ? [] : Date.parse(refreshed) >= Date.parse(rotated);
  });
  return known.length >= threshold && known.every(isLater => isLater);
}

function partyStatus(member: Member, before: KeyShareSetStatus | undefined) {
  const { id } = member;
  if (member.kind === 'unknown') return before?.parties?.find(party => party.id === id) ?? { id };
  if (member.kind === 'nothing') return { id, epoch: 0, erasedBelow: 0 };
  return { id, epoch: member.key.active, erasedBelow: member.key.erasedBelow };
}
