import { bytesToNumberBE } from '@noble/curves/utils.js';
import type { Curve, Point, Scalar } from '../../../curve/curve.ts';
import type { Transcript } from '../../../session/transcript.ts';

/**
 * One Σ-protocol of ePrint 2021/060 (2024) under Fiat-Shamir. The transcript has already absorbed the context: session,
 * protocol, the role of the proof, prover and verifier (attack list P11). The proof system absorbs the whole statement
 * and all commitments before it asks for the challenge (P5, P8).
 */
export interface ProofSystem<Statement, Witness, Proof> {
  prove(transcript: Transcript, statement: Statement, witness: Witness): Proof;
  /** Whether the proof holds. Returns false, and never throws, whatever a peer has put into the proof. */
  verify(transcript: Transcript, statement: Statement, proof: Proof): boolean;
}

/** A proof that sends its commitments. */
export interface SigmaProtocol<Statement, Witness, Proof> extends ProofSystem<Statement, Witness, Proof> {
  /** Returns the challenge that the responses answer. It depends on no part of the proof but its commitments. */
  challenge(transcript: Transcript, statement: Statement, proof: Proof): unknown;
}

/** 16 bytes more than the range needs leave a bias below 2^-128. */
const SURPLUS_BYTES = 16;

/** Returns a uniform integer in [-2^bits, 2^bits]. */
export function signedChallenge(transcript: Transcript, bits: number): bigint {
  const bound = 1n << BigInt(bits);
  return (bytesToNumberBE(transcript.bytes(Math.ceil(bits / 8) + SURPLUS_BYTES)) % (2n * bound + 1n)) - bound;
}

/** Returns `count` independent bits, each from the whole transcript (attack list P4). */
export function bitChallenges(transcript: Transcript, count: number): readonly boolean[] {
  const bytes = transcript.bytes(Math.ceil(count / 8));
  return Array.from({ length: count }, (_, i) => bitOf(bytes, i));
}

/** Returns bit i of a challenge. */
export const bitOf = (bytes: Uint8Array, i: number): boolean => (((bytes[i >> 3] ?? 0) >> (i & 7)) & 1) === 1;

/** Returns a uniform scalar, below the order of the curve. */
export const scalarChallenge = (transcript: Transcript, curve: Curve): Scalar =>
  curve.scalarFromUniformBytes(transcript.bytes(curve.scalarBytes + SURPLUS_BYTES));

/** Whether Σ s·P is the identity, where all values are public. */
export const vanishes = (curve: Curve, ...terms: (readonly [p: Point, s: Scalar])[]): boolean =>
  curve.isIdentity(curve.multiplyAddPublic(terms));
