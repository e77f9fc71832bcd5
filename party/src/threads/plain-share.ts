import { curves } from '../protocol/curve/curve.ts';
import { encodePoints, type KeyShare } from '../protocol/sharing/sharing.ts';
import type { PlainShare } from './tasks.ts';

/** A copy of a share for another thread, which wipes the copy. */
export function plainShare({ sharing, party, secret }: KeyShare): PlainShare {
  const curve = curves[sharing.curve];
  const { curve: name, threshold, parties } = sharing;
  const commitments = encodePoints(curve, sharing.commitments);
  return { curve: name, threshold, parties, commitments, party, secret: curve.encodeScalar(secret.expose()) };
}
