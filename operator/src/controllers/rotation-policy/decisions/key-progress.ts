import { formatTrigger } from '@mpc-operator/crds/annotations';
import { carriedOutBy } from '@mpc-operator/crds/carried-out';
import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import { areOldSharesErased } from '@mpc-operator/crds/old-shares-erased';
import { findCondition, isTrue } from '@mpc-operator/runtime/conditions';
import { ROTATION_BLOCKED } from '../../mpc-cluster/decisions/auxiliary-ready.ts';
import { isFinal } from '../../mpc-cluster/decisions/auxiliary-status.ts';

/**
 * The reasons of AuxiliaryReady that do not pass by themselves. The last two are given only where no generation serves.
 */
const BLOCKED: ReadonlySet<string | undefined> = new Set([ROTATION_BLOCKED, 'PartyBanned', 'NumbersExhausted']);

/** How far one key is with a slot. */
export type KeyProgress =
  /**
   * The parties have carried the slot out and destroyed the old shares; for an ecdsa key, they also use newer auxiliary
   * information.
   */
  | { readonly kind: 'done' }
  | { readonly kind: 'active' }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string; readonly time?: string };

/**
 * Returns how far a key is with a slot.
 * @param cluster the cluster of the key
 * @param source the source of the trigger: `policy/<name>`
 * @param value the value of the trigger: the slot
 */
export function keyProgress(
  key: KeyShareSet,
  cluster: MpcCluster | undefined,
  source: string,
  value: string,
): KeyProgress {
  const shares = sharesProgress(key, source, value);
  if (key.spec.purpose !== 'ecdsa') return shares;
  const auxiliary = auxiliaryProgress(cluster, source, value);
  if (shares.kind === 'failed' || auxiliary.kind === 'done') return shares;
  return auxiliary;
}

function sharesProgress(key: KeyShareSet, source: string, value: string): KeyProgress {
  const { status } = key;
  const led = carriedOutBy({ source, value }, status?.triggers ?? []);
  if (led !== undefined) return isErasedBefore(led.epoch, key) ? { kind: 'done' } : { kind: 'active' };
  const { refresh, conditions } = status ?? {};
  if (refresh?.trigger !== formatTrigger({ source, value })) return { kind: 'active' };
  const blocked = findCondition(conditions, 'RefreshBlocked');
  if (blocked?.status === 'True') {
    return { kind: 'failed', reason: blocked.reason, message: blocked.message, time: blocked.lastTransitionTime };
  }
  if (refresh.phase === 'Failed') {
    return { kind: 'failed', reason: 'RefreshFailed', message: refresh.message ?? 'the last attempt failed' };
  }
  return { kind: 'active' };
}

/**
 * How far the cluster is with a slot. A trigger whose generation is only certified is not done: old secrets may still
 * be in use.
 */
function auxiliaryProgress(cluster: MpcCluster | undefined, source: string, value: string): KeyProgress {
  const { auxiliary, conditions } = cluster?.status ?? {};
  const { generation = 0, phase, trigger, triggers = [], message = 'the last attempt failed' } = auxiliary ?? {};
  const led = carriedOutBy({ source, value }, triggers);
  if (led !== undefined && phase !== undefined) {
    return isFinal(phase) || generation > led.generation ? { kind: 'done' } : { kind: 'active' };
  }
  if (trigger !== formatTrigger({ source, value })) return { kind: 'active' };
  const ready = findCondition(conditions, 'AuxiliaryReady');
  if (ready !== undefined && BLOCKED.has(ready.reason)) {
    return { kind: 'failed', reason: ready.reason, message: ready.message, time: ready.lastTransitionTime };
  }
  return phase === 'Failed' ? { kind: 'failed', reason: 'AuxiliaryFailed', message } : { kind: 'active' };
}

/**
 * Whether the shares of epochs before `epoch` count as erased. A later refresh, whoever asked for it, does not undo
 * what was erased for this one.
 */
function isErasedBefore(epoch: number, { spec, status }: KeyShareSet): boolean {
  const erasedBelow = status?.parties?.map(party => party.erasedBelow ?? 0) ?? [];
  return isTrue(status?.conditions, 'OldSharesErased') || areOldSharesErased(spec, erasedBelow, epoch);
}
