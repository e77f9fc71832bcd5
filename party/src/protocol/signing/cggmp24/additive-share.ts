import { curves, type Point, type Scalar } from '../../curve/curve.ts';
import type { PartyId } from '../../session/party-id.ts';
import { lagrangeCoefficient } from '../../sharing/interpolation.ts';
import { type KeyShare, type Sharing, verificationShare } from '../../sharing/sharing.ts';
import { type KeyTweak, tweakPoint, tweakShare } from '../signing-key.ts';

/** Returns a signer's summand of the signing key, for exactly these signers: λ_i·x_i. */
export function additiveShare(
  { sharing, party, secret }: KeyShare,
  tweak: KeyTweak,
  signers: readonly PartyId[],
): Scalar {
  const curve = curves[sharing.curve];
  return curve.multiplyScalars(lagrangeCoefficient(curve, signers, party), tweakShare(curve, tweak, secret.expose()));
}

/**
 * Returns the public counterpart of a signer's summand. The point follows from what was certified when the key was
 * made, never from a message (attack list P8).
 */
export function additivePoint(sharing: Sharing, tweak: KeyTweak, signers: readonly PartyId[], party: PartyId): Point {
  const curve = curves[sharing.curve];
  const share = tweakPoint(curve, tweak, verificationShare(sharing, party));
  return curve.multiplyPublic(share, lagrangeCoefficient(curve, signers, party));
}
