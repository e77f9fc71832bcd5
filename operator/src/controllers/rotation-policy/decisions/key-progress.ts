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
export function keyProgress({ status }: KeyShareSet, source: string, value: string): KeyProgress {
  const done = status?.triggers?.some(trigger => trigger.source === source && trigger.value === value) === true;
  if (done) return isTrue(status?.conditions, 'OldSharesErased') ? { kind: 'done' } : { kind: 'active' };
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
