/**
 * Multiplicative to additive shares over Paillier. The receiver has a and its ciphertext, the sender has b; both end
 * with shares of a·b. ePrint 2021/060 (2024), figure 8, round 2: the sender's share is -y, the receiver's share is the
 * plaintext of D.
 */
import type { Curve, Point, Scalar } from '../../curve/curve.ts';
import { struct } from '../../session/codec.ts';
import type { Transcript } from '../../session/transcript.ts';
import type { PublicAuxiliary } from './auxiliary.ts';
import { natural, randomWithin } from './paillier/integers.ts';
import type { Ciphertext } from './paillier/paillier.ts';
import type { CggmpParameters } from './parameters.ts';
import { type AffGProof, type AffGStatement, affG } from './proofs/aff-g.ts';
import { type AffGStarProof, affGStar } from './proofs/aff-g-star.ts';

/** The sender's answer to the receiver's ciphertext. */
export interface Product {
  /** b ⊙ C ⊕ Enc(y) under the receiver's key. */
  readonly D: Ciphertext;
  /** Enc(y) under the sender's key. */
  readonly F: Ciphertext;
}

export const product = ({ primeBits }: CggmpParameters) =>
  struct<Product>({ D: natural(4 * primeBits), F: natural(4 * primeBits) });

/** A product, with the values that only its sender knows. */
export interface OwnProduct extends Product {
  /** The sender's share of a·b. */
  readonly share: Scalar;
  /** Proves the product to the receiver. */
  prove(transcript: Transcript): AffGProof;
  /** Proves the product to all parties, which is slow. */
  proveToAll(transcript: Transcript): AffGStarProof;
}

export interface MultiplicationPair {
  readonly sender: PublicAuxiliary;
  readonly receiver: PublicAuxiliary;
  /** The receiver's ciphertext of a. */
  readonly C: Ciphertext;
  /** b·G, as the receiver knows it. */
  readonly B: Point;
}

export function multiply(parameters: CggmpParameters, curve: Curve, pair: MultiplicationPair, b: Scalar): OwnProduct {
  const { sender, receiver, C } = pair;
  const y = randomWithin(1n << BigInt(parameters.ellPrime));
  const [rho, rhoY] = [receiver.paillier.randomNonce(), sender.paillier.randomNonce()];
  const D = receiver.paillier.add(receiver.paillier.multiply(C, b), receiver.paillier.encrypt(y, rho));
  const F = sender.paillier.encrypt(y, rhoY);
  const [statement, witness] = [productStatement(pair, { D, F }), { x: b, y, rho, rhoY }];
  return {
    D,
    F,
    share: curve.scalar(-y),
    prove: transcript => affG(parameters, curve).prove(transcript, statement, witness),
    proveToAll: transcript => affGStar(parameters, curve).prove(transcript, statement, witness),
  };
}

export const productStatement = ({ sender, receiver, C, B }: MultiplicationPair, { D, F }: Product): AffGStatement => ({
  key0: receiver.paillier,
  key1: sender.paillier,
  C,
  D,
  Y: F,
  X: B,
  ring: receiver.ring,
});
