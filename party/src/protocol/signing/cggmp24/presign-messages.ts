import type { Curve, Point, Scalar } from '../../curve/curve.ts';
import { list, nonZeroScalar, point, struct } from '../../session/codec.ts';
import { direct, echo } from '../../session/messages.ts';
import { type Product, product } from './multiplication.ts';
import { natural } from './paillier/integers.ts';
import type { Ciphertext } from './paillier/paillier.ts';
import type { CggmpParameters } from './parameters.ts';
import { type AffGProof, affGProof } from './proofs/aff-g.ts';
import { affGStarProof } from './proofs/aff-g-star.ts';
import { decProof } from './proofs/dec.ts';
import { type ElogProof, elogProof } from './proofs/elog.ts';
import { type EncElgProof, encElgProof } from './proofs/enc-elg.ts';

/** Round 1: k and γ, encrypted, and committed to in ElGamal under Y. */
export interface Commitments {
  /** Enc(k). */
  readonly K: Ciphertext;
  /** Enc(γ). */
  readonly G: Ciphertext;
  readonly Y: Point;
  /** a·G and a·Y + k·G. */
  readonly A1: Point;
  readonly A2: Point;
  /** b·G and b·Y + γ·G. */
  readonly B1: Point;
  readonly B2: Point;
}

export interface CommitmentProofs {
  readonly k: EncElgProof;
  readonly gamma: EncElgProof;
}

/** The products of one peer's k with the sender's γ, and with the sender's x. */
export interface Products {
  readonly gamma: Product;
  readonly x: Product;
}

/** Round 2. */
export interface Multiplications {
  /** γ·G. */
  readonly Gamma: Point;
  readonly proof: ElogProof;
  /**
   * The products for each other signer, in the order of the signers. Every signer sees all products, so that a signer
   * that spoils δ or χ can be named.
   */
  readonly products: readonly Products[];
}

export interface ProductProofs {
  readonly gamma: AffGProof;
  readonly x: AffGProof;
}

/** Round 3. */
export interface Opening {
  /**
   * The share of k·γ, which is 0 by no chance. A signer that opened 0 would have to prove what it opened, in the red
   * alert, with the identity for S, which no message may hold.
   */
  readonly delta: Scalar;
  /** The share of k·x, times Γ. */
  readonly S: Point;
  /** The share of k, times Γ. */
  readonly Delta: Point;
  readonly proof: ElogProof;
}

export type PresignMessages = ReturnType<typeof presignMessages>;

export const presignMessages = (parameters: CggmpParameters, curve: Curve, signers: number) => {
  const ciphertext = natural(4 * parameters.primeBits);
  const p = point(curve);
  const committed = encElgProof(parameters, curve);
  const multiplied = affGProof(parameters, curve);
  const products = struct<Products>({ gamma: product(parameters), x: product(parameters) });
  return {
    commit: echo(struct<Commitments>({ K: ciphertext, G: ciphertext, Y: p, A1: p, A2: p, B1: p, B2: p })),
    proveCommitments: direct(struct<CommitmentProofs>({ k: committed, gamma: committed })),
    multiply: echo(
      struct<Multiplications>({ Gamma: p, proof: elogProof(curve), products: list(products, signers - 1) }),
    ),
    proveProducts: direct(struct<ProductProofs>({ gamma: multiplied, x: multiplied })),
    open: echo(struct<Opening>({ delta: nonZeroScalar(curve), S: p, Delta: p, proof: elogProof(curve) })),
    // sent only if the shares do not add up
    proveOpening: echo(decProof(parameters)),
    proveProductsToAll: echo(list(affGStarProof(parameters), signers - 1)),
  };
};
