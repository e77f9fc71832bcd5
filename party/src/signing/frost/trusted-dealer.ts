import { type CurveName, curves, type Scalar } from '../../curve/curve.ts';
import { Secret } from '../../secret.ts';
import type { PartyId } from '../../session/errors.ts';
import type { KeyShare, Sharing } from '../../sharing/sharing.ts';

/**
 * Trusted dealer key generation, RFC 9591 appendix C: for tests, whose vectors give the polynomial. A real key never is in one place.
 *
 * @param coefficients of the polynomial, the key first
 */
export function deal(
  curveName: CurveName,
  coefficients: readonly Scalar[],
  parties: readonly PartyId[],
): ReadonlyMap<PartyId, KeyShare> {
  const curve = curves[curveName];
  const sharing: Sharing = {
    curve: curveName,
    threshold: coefficients.length,
    parties,
    commitments: coefficients.map(curve.multiplyBase),
  };
  const evaluate = (x: Scalar) =>
    coefficients.reduceRight((sum, c) => curve.addScalars(curve.multiplyScalars(sum, x), c), curve.scalar(0n));
  return new Map(
    parties.map(party => [party, { sharing, party, secret: new Secret(evaluate(curve.scalar(BigInt(party)))) }]),
  );
}
