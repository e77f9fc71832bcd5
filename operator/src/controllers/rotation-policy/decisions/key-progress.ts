import { formatTrigger } from '@mpc-operator/crds/annotations';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { findCondition, isTrue } from '@mpc-operator/runtime/conditions';

/** How far one key is with a slot. */
export type KeyProgress =
  /** The parties have carried it out and destroyed the old shares. */
  | { readonly kind: 'done' }
  | { readonly kind: 'active' }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string; readonly time?: string };

/** `source` and `value` are those of the trigger: `policy/<name>` and the slot. */
export function keyProgress(key: KeyShareSet, source: string, value: string): KeyProgress {
  const { status } = key;
  const led = status?.triggers?.find(trigger => trigger.source === source && trigger.value === value);
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

/** A later refresh, by whomever, does not undo what was erased for this one. */
function isErasedBefore(epoch: number, { spec, status }: KeyShareSet): boolean {
  const erased = status?.parties?.filter(({ erasedBelow }) => (erasedBelow ?? 0) >= epoch).length ?? 0;
  return isTrue(status?.conditions, 'OldSharesErased') || erased > spec.parties.length - spec.threshold;
}
