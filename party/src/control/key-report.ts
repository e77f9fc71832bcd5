/** The reports of this party's keys for the operator: projections of what the party holds, never a secret. */
import type { AttemptReport, KeyReport, KeySpec } from '@mpc-operator/crds/control';
import { acknowledgedAttempt } from '../ceremonies/outcome.ts';
import { carriedOutTriggers } from '../epochs/carried-out.ts';
import { isCertified, type KeyState } from '../epochs/key-state.ts';
import { certificateOf } from '../epochs/proposal.ts';
import type { HeldKey } from '../keys/keyring.ts';
import { type ShownKey, shownKey } from '../keys/shown-key.ts';

/** What is known of the attempts at a key beside those that were acknowledged. */
export interface OtherAttempts {
  /** Under way or failed, and newer than the acknowledged attempt. */
  readonly attempt: AttemptReport | undefined;
  /** The highest number of an attempt that ever failed; 0: none. */
  readonly failed: number;
}

/** The report of a key that this party holds. */
export function reportOfKey(
  { state, finalTime }: HeldKey,
  { attempt, failed }: OtherAttempts,
  shown: Pick<KeyReport, 'derivations' | 'presignatures'>,
): KeyReport {
  const { keyId, spec, active, final, erasedBelow, highest } = state;
  const certified = state.attempts.get(active);
  const newest = attempt ?? acknowledgedAttempt(state);
  return {
    keyId,
    spec,
    ...publicPart(state),
    ...shown,
    active,
    final,
    erasedBelow,
    highest: Math.max(highest, attempt?.number ?? 0, failed),
    ...(certified && isCertified(certified) && { certificate: certificateOf(certified.proposal, certified.acks) }),
    ...(newest && { attempt: newest }),
    triggers: carriedOutTriggers(state),
    ...(finalTime && { finalTime: finalTime.toISOString() }),
  };
}

/** The report of a keygen that is under way, or that failed, of which this party holds nothing. */
export function reportOfAttempt(spec: KeySpec, attempt: AttemptReport): KeyReport {
  const none = { addresses: [], active: 0, final: 0, erasedBelow: 0, triggers: [] };
  return { spec, ...none, highest: attempt.number, attempt };
}

/**
 * The public key and its addresses, shown once every party has activated the key: before that, the key may come to
 * nothing.
 */
function publicPart({ spec, final, attempts }: KeyState): ShownKey | Pick<KeyReport, 'addresses'> {
  const [anyAttempt] = [...attempts.values()];
  if (final === 0 || anyAttempt === undefined) return { addresses: [] };
  return shownKey(spec, anyAttempt.proposal.publicKey);
}
