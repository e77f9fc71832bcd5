/**
 * A sharing of the shared key plus a public offset, such as that of a child. Since Lagrange's coefficients sum to 1, the offset goes to
 * every share and to the constant coefficient, and nobody has to share anything anew. What signs with it knows of no offset: it has
 * another key.
 */
import { curves, type Scalar } from '../curve/curve.ts';
import { groupKey, type KeyShare, keyShare, type Sharing } from './sharing.ts';

export function derivedSharing(sharing: Sharing, offset: Scalar): Sharing {
  const curve = curves[sharing.curve];
  const key = curve.addPoints(groupKey(sharing), curve.multiplyPublic(curve.base, offset));
  return { ...sharing, commitments: [key, ...sharing.commitments.slice(1)] };
}

/**
 * A secret of its own: whoever asks for it wipes it.
 * @throws Error if the offset is the opposite of the key, which by chance never happens
 */
export function derivedShare({ sharing, party, secret }: KeyShare, offset: Scalar): KeyShare {
  const { addScalars } = curves[sharing.curve];
  return keyShare(derivedSharing(sharing, offset), party, addScalars(secret.expose(), offset));
}
