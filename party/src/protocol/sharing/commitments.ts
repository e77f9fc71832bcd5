/**
 * The commitments of a keygen, which come before the reveal, and its proofs of knowledge (attack list F6). All are
 * bound to session and dealer.
 */
import { randomBytes } from 'node:crypto';
import type { Curve, Point } from '../curve/curve.ts';
import type { SessionContext } from '../session/party.ts';
import type { PartyId } from '../session/party-id.ts';
import type { Transcript } from '../session/transcript.ts';
import type { Polynomial } from './polynomial.ts';
import { type ProofOfKnowledge, proveKnowledge, verifyKnowledge } from './proof-of-knowledge.ts';
import { constantOf, pointsForHash } from './sharing.ts';

export const SALT_BYTES = 32;

export interface Reveal {
  /** The commitments to the coefficients of the dealer's polynomial. */
  readonly commitments: readonly Point[];
  readonly proof: ProofOfKnowledge;
  /** The random bytes that hide the rest in the hash of the first round. */
  readonly salt: Uint8Array;
}

/** A dealer's part in the chain code. */
export interface Contribution {
  readonly chainCode: Uint8Array;
  readonly salt: Uint8Array;
}

export const makeSalt = (): Uint8Array => new Uint8Array(randomBytes(SALT_BYTES));

export function makeReveal(curve: Curve, context: SessionContext, dealer: PartyId, polynomial: Polynomial): Reveal {
  const commitments = polynomial.map(coefficient => curve.multiplyBase(coefficient));
  const [secret] = polynomial;
  if (secret === undefined) throw new RangeError('a polynomial without coefficients');
  const proof = proveKnowledge(curve, statement(curve, context, dealer, commitments), secret);
  return { commitments, proof, salt: makeSalt() };
}

/** Whether the dealer proves that it knows the secret that it deals. */
export const isProven = (curve: Curve, context: SessionContext, dealer: PartyId, reveal: Reveal): boolean =>
  verifyKnowledge(
    curve,
    statement(curve, context, dealer, reveal.commitments),
    constantOf(reveal.commitments),
    reveal.proof,
  );

const statement = (curve: Curve, context: SessionContext, dealer: PartyId, commitments: readonly Point[]): Transcript =>
  context.proof('keygen/knowledge', dealer).absorb('commitments', ...pointsForHash(curve, commitments));

export const hashReveal = (curve: Curve, context: SessionContext, dealer: PartyId, reveal: Reveal): Uint8Array =>
  context
    .proof('keygen/commit', dealer)
    .absorb('commitments', ...pointsForHash(curve, reveal.commitments))
    .absorb('proof', curve.encodeForHash(reveal.proof.nonce), curve.encodeScalar(reveal.proof.response))
    .absorb('salt', reveal.salt)
    .digest();

export const hashContribution = (context: SessionContext, dealer: PartyId, contribution: Contribution): Uint8Array =>
  context
    .proof('keygen/chain-code', dealer)
    .absorb('contribution', contribution.chainCode)
    .absorb('salt', contribution.salt)
    .digest();

/** Whether what was revealed hashes to what was committed to. */
export const equal = (hash: Uint8Array, committed: Uint8Array | undefined): boolean =>
  committed !== undefined && Buffer.from(hash).equals(committed);

/**
 * Returns the exclusive or of at least one string of bytes, all of one length. The result is uniform if one string is
 * uniform and each was fixed before any was known.
 */
export function exclusiveOr([first = new Uint8Array(), ...others]: readonly Uint8Array[]): Uint8Array {
  const sum = new Uint8Array(first);
  for (const other of others) {
    other.forEach((byte, i) => {
      sum[i] = (sum[i] ?? 0) ^ byte;
    });
  }
  return sum;
}
