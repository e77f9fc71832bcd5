import type { KeyShareSet, KeyShareSetStatus } from '@mpc-operator/crds/generated/api';
import { type Observation, setConditions } from '@mpc-operator/runtime/conditions';
import type { Attempts } from '../attempts.ts';
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
  const { observedGeneration: _, conditions, ...before } = key.status ?? {};
  const refresh = holding === undefined ? before.refresh : refreshStatus(key, holding, attempts, now);
  return {
    ...before,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    conditions: setConditions(conditions, observations, generation, now),
    ...(holding?.key === undefined ? {} : projection(holding.key, holding.members)),
    ...(holding === undefined ? {} : { parties: holding.members.map(member => partyStatus(member, key.status)) }),
    ...(refresh === undefined ? {} : { refresh }),
  };
}

function projection(key: Held, members: readonly Member[]): KeyShareSetStatus {
  const { keyId, publicKey, internalKey, addresses, certificate } = key;
  const held = members.flatMap(member => (member.kind === 'holds' ? member.key : []));
  const finalTime = held.find(report => report.final === certificate.epoch)?.finalTime;
  return {
    keyId,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(internalKey === undefined ? {} : { internalKey }),
    addresses,
    epoch: certificate.epoch,
    certificate,
    triggers: key.triggers,
    ...(finalTime === undefined ? {} : { lastRefreshTime: finalTime }),
  };
}

function partyStatus(member: Member, before: KeyShareSetStatus | undefined) {
  const { id } = member;
  if (member.kind === 'unknown') return before?.parties?.find(party => party.id === id) ?? { id };
  if (member.kind === 'nothing') return { id, epoch: 0, erasedBelow: 0 };
  return { id, epoch: member.key.active, erasedBelow: member.key.erasedBelow };
}
