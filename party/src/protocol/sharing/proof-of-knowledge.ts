import type { Curve, Point, Scalar } from '../curve/curve.ts';
import { type Layout, point, scalar, struct } from '../session/codec.ts';
import type { Transcript } from '../session/transcript.ts';

/** A Schnorr proof that its maker knows the discrete logarithm of a point. */
export interface ProofOfKnowledge {
  readonly nonce: Point;
  readonly response: Scalar;
}

export const proofOfKnowledge = (curve: Curve): Layout<ProofOfKnowledge> =>
  struct<ProofOfKnowledge>({ nonce: point(curve), response: scalar(curve) });

/**
 * Proves knowledge of `secret`. `transcript` binds prover, session and statement (Komlo-Goldberg, FROST, SAC 2020,
 * figure 1, round 1, step 2).
 */
export function proveKnowledge(curve: Curve, transcript: Transcript, secret: Scalar): ProofOfKnowledge {
  const k = curve.randomScalar();
  const nonce = curve.multiplyBase(k);
  const c = challenge(curve, transcript, nonce);
  return { nonce, response: curve.addScalars(k, curve.multiplyScalars(c, secret)) };
}

/** Whether response·G = nonce + c·statement (figure 1, round 1, step 5). */
export function verifyKnowledge(
  curve: Curve,
  transcript: Transcript,
  statement: Point,
  { nonce, response }: ProofOfKnowledge,
): boolean {
  const c = challenge(curve, transcript, nonce);
  const expected = curve.addPoints(nonce, curve.multiplyPublic(statement, c));
  return curve.equalPoints(curve.multiplyBase(response), expected);
}

function challenge(curve: Curve, transcript: Transcript, nonce: Point): Scalar {
  const uniform = transcript.absorb('nonce', curve.encodeForHash(nonce)).bytes(curve.scalarBytes + 16);
  return curve.scalarFromUniformBytes(uniform);
}
