/** What this party reports of its keys to the operator: projections of what it holds, never a secret. */
import type { AttemptReport, KeyReport, KeySpec } from '@mpc-operator/crds/control';
import { acknowledgedAttempt, carriedOutTriggers } from '../ceremonies/outcome.ts';
import { isCertified, type KeyState } from '../epochs/key-state.ts';
import { certificateOf } from '../epochs/proposal.ts';
import type { HeldKey } from '../keys/keyring.ts';
import { type ShownKey, shownKey } from '../keys/shown-key.ts';

/** A key that this party holds; `attempt` is the one under way or failed, if it is newer than what is acknowledged. */
export function reportOfKey(
  { state, finalTime }: HeldKey,
  attempt: AttemptReport | undefined,
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
    highest: Math.max(highest, attempt?.number ?? 0),
    ...(certified && isCertified(certified) && { certificate: certificateOf(certified.proposal, certified.acks) }),
    ...(newest && { attempt: newest }),
    triggers: carriedOutTriggers(state),
    ...(finalTime && { finalTime: finalTime.toISOString() }),
  };
}

/** A keygen under way, or one that failed, of which this party holds nothing. */
export function reportOfAttempt(spec: KeySpec, attempt: AttemptReport): KeyReport {
  const none = { addresses: [], active: 0, final: 0, erasedBelow: 0, triggers: [] };
  return { spec, ...none, highest: attempt.number, attempt };
}

/** The public key is shown once every party has activated it: before, the key may come to nothing. */
function publicPart({ spec, final, attempts }: KeyState): ShownKey | Pick<KeyReport, 'addresses'> {
  const [anyAttempt] = [...attempts.values()];
  if (final === 0 || anyAttempt === undefined) return { addresses: [] };
  return shownKey(spec, anyAttempt.proposal.publicKey);
}
