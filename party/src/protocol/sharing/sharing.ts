import { type Curve, type CurveName, curves, type Point, type Scalar } from '../curve/curve.ts';
import { Secret } from '../secret.ts';
import type { PartyId } from '../session/party-id.ts';
import { taggedHash } from '../session/transcript.ts';

/**
 * The public part of a Shamir sharing of a key over a curve. Signing protocols take nothing else, so that refresh,
 * reshare and repair, which act on the sharing, serve all of them.
 */
export interface Sharing {
  readonly curve: CurveName;
  /** The number of parties needed to sign; the polynomial has degree threshold - 1. */
  readonly threshold: number;
  /** The parties, ascending. The id of a party is its x-coordinate. */
  readonly parties: readonly PartyId[];
  /** Commitments to the coefficients of the polynomial, `threshold` in number; the first is the group key. */
  readonly commitments: readonly Point[];
}

/** A sharing with one party's share of it. */
export interface KeyShare {
  readonly sharing: Sharing;
  readonly party: PartyId;
  /** The value of the polynomial at `party`. */
  readonly secret: Secret<Scalar>;
}

/**
 * The group key. The purpose of the key decides what a signature verifies under: the group key itself, or a tweak of
 * it.
 */
export const groupKey = (sharing: Sharing): Point => constantOf(sharing.commitments);

/** The commitment to the constant coefficient, and so to the secret that is shared. */
export function constantOf(commitments: readonly Point[]): Point {
  const [constant] = commitments;
  if (constant === undefined) throw new RangeError('a sharing without commitments');
  return constant;
}

/**
 * The public counterpart of a party's share: the value of the committed polynomial at the party's id, in the exponent.
 */
export function verificationShare(sharing: Sharing, party: PartyId): Point {
  return evaluateCommitments(curves[sharing.curve], sharing.commitments, party);
}

/** Returns Σ C_k · x^k, by Horner's rule. */
export function evaluateCommitments(curve: Curve, commitments: readonly Point[], x: PartyId): Point {
  const at = curve.scalar(BigInt(x));
  return commitments.reduceRight((sum, c) => curve.addPoints(curve.multiplyPublic(sum, at), c), curve.identity);
}

/**
 * Returns a share, after checking that it fits its sharing.
 * @throws Error if the share does not fit, or if a commitment is the identity, which by chance never happens and no
 *   message could carry
 */
export function keyShare(sharing: Sharing, party: PartyId, share: Scalar): KeyShare {
  const curve = curves[sharing.curve];
  if (sharing.commitments.some(commitment => curve.isIdentity(commitment))) {
    throw new Error('a sharing with the identity among its commitments');
  }
  if (!curve.equalPoints(curve.multiplyBase(share), verificationShare(sharing, party))) {
    throw new Error(`the share of party ${party} does not fit its sharing`);
  }
  return { sharing, party, secret: new Secret(share) };
}

export const encodePoints = (curve: Curve, points: readonly Point[]): readonly Uint8Array[] =>
  points.map(point => curve.encodePoint(point));

/** Encodes points for a hash, the identity too. */
export const pointsForHash = (curve: Curve, points: readonly Point[]): readonly Uint8Array[] =>
  points.map(point => curve.encodeForHash(point));

/**
 * Returns the hash that a session about a sharing names in its context, so that all parties mean the same sharing. 32
 * bytes.
 */
export const sharingHash = ({ curve, threshold, parties, commitments }: Sharing): Uint8Array =>
  taggedHash('mpc/v1/sharing', curve, threshold, parties, pointsForHash(curves[curve], commitments));
