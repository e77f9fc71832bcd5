import { curves, type Scalar } from '../../curve/curve.ts';
import { lagrangeCoefficient } from '../interpolation.ts';
import type { KeyShare } from '../sharing.ts';

/** Returns the secret that is shared, which outside a test nobody may ever compute. */
export function reconstruct(shares: readonly KeyShare[]): Scalar {
  const [first] = shares;
  if (first === undefined) throw new RangeError('no shares');
  const curve = curves[first.sharing.curve];
  const parties = shares.map(({ party }) => party);
  const terms = shares.map(({ party, secret }) =>
    curve.multiplyScalars(lagrangeCoefficient(curve, parties, party), secret.expose()),
  );
  return curve.addScalars(...terms);
}
