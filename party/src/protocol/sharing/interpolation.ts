import type { Curve, Scalar } from '../curve/curve.ts';
import type { PartyId } from '../session/party-id.ts';

/**
 * Returns Lagrange's coefficient of `party` for the value at 0: Σ λ_i · f(i) = f(0) for every polynomial f of degree
 * below the number of `parties`. RFC 9591 section 4.2, derive_interpolating_value.
 *
 * @throws RangeError unless `parties` are distinct and not 0, and `party` is among them
 */
export function lagrangeCoefficient(curve: Curve, parties: readonly PartyId[], party: PartyId): Scalar {
  const x = parties.map(id => curve.scalar(BigInt(id)));
  if (new Set(x).size !== x.length || x.includes(curve.scalar(0n)) || !parties.includes(party)) {
    throw new RangeError(`no interpolation for party ${party} among ${parties.join(', ')}`);
  }
  const own = curve.scalar(BigInt(party));
  const product = (factors: Scalar[]) => factors.reduce(curve.multiplyScalars, curve.scalar(1n));
  const others = x.filter(xj => xj !== own);
  const numerator = product(others);
  const denominator = product(others.map(xj => curve.subtractScalars(xj, own)));
  return curve.multiplyScalars(numerator, curve.invertScalar(denominator));
}
