import type { KeyShareSet, KeyShareSetStatus } from '@mpc-operator/crds/generated/api';
import { type Observation, setConditions } from '@mpc-operator/runtime/conditions';
import type { Attempts } from '../attempts.ts';
import { shownDerivations } from './decisions/derivations.ts';
import type { Held, Holding, Member } from './decisions/holding.ts';
import { refreshStatus } from './decisions/refresh-status.ts';

/** The status of a key: what its parties say they hold. What they cannot be asked now stays as it was. */
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
  const shown = holding?.key === undefined ? before : { ...before, ...projection(key, holding.key, holding) };
  const healed = healedTime(key.spec.purpose, shown);
  return {
    ...shown,
    ...(healed === undefined ? {} : { healedTime: healed }),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    conditions: setConditions(conditions, observations, generation, now),
    ...(holding === undefined ? {} : { parties: holding.members.map(member => partyStatus(member, key.status)) }),
    ...(refresh === undefined ? {} : { refresh }),
  };
}

/** What stays of the status of before, unless something newer is known: not what goes with the spec, or with the processes. */
function beforeOf({ status = {} }: KeyShareSet, holding: Holding | undefined): KeyShareSetStatus {
  const { observedGeneration: _, ...before } = status;
  if (holding?.key === undefined) return before;
  const { derivations: __, presignatures: ___, ...rest } = before;
  return rest;
}

/** What follows from a key that is there. */
function projection(object: KeyShareSet, key: Held, { members, auxiliary }: Holding): KeyShareSetStatus {
  const { keyId, publicKey, internalKey, addresses, certificate } = key;
  const held = members.flatMap(member => (member.kind === 'holds' ? member.key : []));
  const finalTime = held.find(report => report.final === certificate.epoch)?.finalTime;
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
    ...(finalTime === undefined ? {} : { lastRefreshTime: finalTime }),
    ...(auxiliaryTime === undefined ? {} : { auxiliaryTime }),
    ...(presignatures.length === 0 ? {} : { presignatures: presignatures.reduce((sum, count) => sum + count) }),
  };
}

/** An ecdsa key is healed when both its shares and the auxiliary secrets that it is signed with are newer. */
function healedTime(
  purpose: KeyShareSet['spec']['purpose'],
  { lastRefreshTime: shares, auxiliaryTime: auxiliary }: KeyShareSetStatus,
): string | undefined {
  if (purpose !== 'ecdsa' || shares === undefined) return shares;
  if (auxiliary === undefined) return undefined;
  return Date.parse(auxiliary) < Date.parse(shares) ? auxiliary : shares;
}

function partyStatus(member: Member, before: KeyShareSetStatus | undefined) {
  const { id } = member;
  if (member.kind === 'unknown') return before?.parties?.find(party => party.id === id) ?? { id };
  if (member.kind === 'nothing') return { id, epoch: 0, erasedBelow: 0 };
  return { id, epoch: member.key.active, erasedBelow: member.key.erasedBelow };
}
