/**
 * A sharing of the shared key plus a public offset, such as the sharing of a child key. Lagrange's coefficients sum to
 * 1, so the offset is added to every share and to the constant coefficient, and no party has to share anything anew. A
 * protocol that signs with the derived sharing knows of no offset: it signs with another key.
 */
import { curves, type Scalar } from '../curve/curve.ts';
import { groupKey, type KeyShare, keyShare, type Sharing } from './sharing.ts';

export function derivedSharing(sharing: Sharing, offset: Scalar): Sharing {
  const curve = curves[sharing.curve];
  const key = curve.addPoints(groupKey(sharing), curve.multiplyPublic(curve.base, offset));
  return { ...sharing, commitments: [key, ...sharing.commitments.slice(1)] };
}

/**
 * Returns a share with a secret of its own, which the caller wipes.
 * @throws Error if the offset is the opposite of the key, which by chance never happens
 */
export function derivedShare({ sharing, party, secret }: KeyShare, offset: Scalar): KeyShare {
  const { addScalars } = curves[sharing.curve];
  return keyShare(derivedSharing(sharing, offset), party, addScalars(secret.expose(), offset));
}
