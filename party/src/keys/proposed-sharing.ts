import type { Proposal } from '../epochs/proposal.ts';
import { curves } from '../protocol/curve/curve.ts';
import type { Sharing } from '../protocol/sharing/sharing.ts';

/** The sharing that a proposal is about. */
export function sharingOf({ curve, threshold, identities, commitments }: Proposal): Sharing {
  const points = commitments.map(hex => curves[curve].decodePoint(Uint8Array.from(Buffer.from(hex, 'hex'))));
  return { curve, threshold, parties: identities.map(({ party }) => party), commitments: points };
}

/** The commitments of a sharing in hex, as a proposal has them. */
export const hexCommitments = ({ curve, commitments }: Sharing): string[] =>
  commitments.map(point => Buffer.from(curves[curve].encodePoint(point)).toString('hex'));
