/** Online signing from a presignature: ePrint 2021/060 (2024), section 4.3, figure 10. */
import type { Curve, Point, Scalar } from '../../curve/curve.ts';
import type { PartyId } from '../../session/errors.ts';
import { fromBytes } from './paillier/integers.ts';
import type { Presignature } from './presign.ts';
import { entry } from './presign-steps.ts';

/** r, s and what recovers the public key from them. */
export interface EcdsaSignature {
  readonly r: Scalar;
  /** At most half of the order: of the two that are valid, the one that wallets and Bitcoin accept. */
  readonly s: Scalar;
  /** Bit 0: whether the nonce point has an odd y; bit 1: whether its x is above the order (SEC 1, section 4.1.6). */
  readonly recoveryId: number;
}

/** σ = k·m + r·χ. */
export function partialSignature(curve: Curve, { Gamma, k, chi }: Presignature, m: Scalar): Scalar {
  return curve.addScalars(curve.multiplyScalars(k, m), curve.multiplyScalars(xOf(curve, Gamma), chi));
}

/** σ_j·Γ = m·Δ_j + r·S_j: tells whose part is wrong, with nothing secret (attack list A5). */
export function isPartialSignature(
  curve: Curve,
  { Gamma, checks }: Presignature,
  m: Scalar,
  from: PartyId,
  sigma: Scalar,
): boolean {
  const { Delta, S } = entry(checks, from);
  const expected = curve.addPoints(curve.multiplyPublic(Delta, m), curve.multiplyPublic(S, xOf(curve, Gamma)));
  return curve.equalPoints(curve.multiplyPublic(Gamma, sigma), expected);
}

/** The sum of all partial signatures, with the lower of ±s (attack list D10). */
export function combine(curve: Curve, { Gamma }: Presignature, parts: readonly Scalar[]): EcdsaSignature {
  const sum = curve.addScalars(...parts);
  const isHigh = sum > curve.order / 2n;
  const oddY = curve.encodePoint(Gamma)[0] === 3;
  return {
    r: xOf(curve, Gamma),
    s: isHigh ? curve.negateScalar(sum) : sum,
    recoveryId: (oddY !== isHigh ? 1 : 0) + (xCoordinate(curve, Gamma) >= curve.order ? 2 : 0),
  };
}

const xCoordinate = (curve: Curve, p: Point): bigint => fromBytes(curve.encodePoint(p).subarray(1));

/** r: the x-coordinate modulo the order. */
export const xOf = (curve: Curve, p: Point): Scalar => curve.scalar(xCoordinate(curve, p));
