import { type Curve, curves, type Scalar } from '../../curve/curve.ts';
import type { KeyShare } from '../sharing.ts';

/** What the shares are shares of, which outside a test nobody may ever compute: Lagrange's interpolation at 0. */
export function reconstruct(shares: readonly KeyShare[]): Scalar {
  const [first] = shares;
  if (first === undefined) throw new RangeError('no shares');
  const curve = curves[first.sharing.curve];
  const terms = shares.map(({ party, secret }) =>
    curve.multiplyScalars(
      lagrange(
        curve,
        party,
        shares.map(share => share.party),
      ),
      secret.expose(),
    ),
  );
  return curve.addScalars(...terms);
}

function lagrange(curve: Curve, at: number, parties: readonly number[]): Scalar {
  return parties
    .filter(other => other !== at)
    .map(other => {
      const difference = curve.scalar(BigInt(other - at));
      return curve.multiplyScalars(curve.scalar(BigInt(other)), curve.invertScalar(difference));
    })
    .reduce((product, factor) => curve.multiplyScalars(product, factor), curve.scalar(1n));
}
