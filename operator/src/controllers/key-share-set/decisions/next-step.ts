import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { Attempts, Wait } from '../../attempts.ts';
import type { Holding } from './holding.ts';
import { type KeygenStep, nextKeygen } from './next-keygen.ts';
import { nextRefresh, type RefreshStep } from './next-refresh.ts';

/** An action for a key, or a wait. */
export type Step = { readonly kind: 'none' } | Wait | KeygenStep | RefreshStep;

/**
 * Returns what to do for a key now.
 * @param now milliseconds of the clock of `attempts`
 */
export function nextStep(key: KeyShareSet, holding: Holding, attempts: Attempts, now: number): Step {
  if (holding.key === undefined) return nextKeygen(key, holding, attempts, now);
  return nextRefresh(key, holding.key, holding, attempts, now) ?? { kind: 'none' };
}
