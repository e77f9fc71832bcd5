import type { Curve, Point, Scalar } from '../curve/curve.ts';
import type { PartyId } from '../session/party-id.ts';
import { evaluateCommitments } from './sharing.ts';

/** A secret polynomial, by its coefficients from the constant one upwards. */
export type Polynomial = readonly Scalar[];

/** Returns f(x), by Horner's rule. */
export function evaluate(curve: Curve, polynomial: Polynomial, x: PartyId): Scalar {
  const at = curve.scalar(BigInt(x));
  return polynomial.reduceRight(
    (sum, coefficient) => curve.addScalars(curve.multiplyScalars(sum, at), coefficient),
    curve.scalar(0n),
  );
}

/** Whether a share is the value of the committed polynomial at x (Feldman, FOCS 1987, section 3). */
export const isShareAt = (curve: Curve, commitments: readonly Point[], x: PartyId, share: Scalar): boolean =>
  curve.equalPoints(curve.multiplyBase(share), evaluateCommitments(curve, commitments, x));

/** Commitments to the sum of polynomials of the same degree. */
export function addCommitments(curve: Curve, vectors: readonly (readonly Point[])[]): readonly Point[] {
  const [first = []] = vectors;
  return first.map((_, k) => curve.addPoints(...vectors.flatMap(vector => vector.slice(k, k + 1))));
}
