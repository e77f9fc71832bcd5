import type { Curve, Point, Scalar } from '../../curve/curve.ts';
import type { PublicAuxiliary } from './auxiliary.ts';
import type { RingPedersen } from './paillier/ring-pedersen.ts';
import type { Commitments } from './presign-messages.ts';
import type { ElogStatement, ElogWitness } from './proofs/elog.ts';
import type { EncElgStatement, EncElgWitness } from './proofs/enc-elg.ts';

/**
 * The random values that a signer draws for one presignature, in private fields, and the commitments to them that it
 * shows (figure 8, round 1).
 */
export class Nonces {
  readonly commitments: Commitments;
  /** γ·G. */
  readonly Gamma: Point;
  readonly #curve: Curve;
  readonly #k: Scalar;
  readonly #gamma: Scalar;
  readonly #a: Scalar;
  readonly #b: Scalar;
  readonly #rho: bigint;
  readonly #nu: bigint;

  constructor(curve: Curve, { paillier }: PublicAuxiliary) {
    this.#curve = curve;
    this.#k = curve.randomScalar();
    this.#gamma = curve.randomScalar();
    this.Gamma = curve.multiplyBase(this.#gamma);
    this.#a = curve.randomScalar();
    this.#b = curve.randomScalar();
    this.#rho = paillier.randomNonce();
    this.#nu = paillier.randomNonce();
    const Y = curve.multiplyBase(curve.randomScalar());
    this.commitments = {
      K: paillier.encrypt(this.#k, this.#rho),
      G: paillier.encrypt(this.#gamma, this.#nu),
      Y,
      A1: curve.multiplyBase(this.#a),
      A2: this.#elGamal(Y, this.#a, this.#k),
      B1: curve.multiplyBase(this.#b),
      B2: this.#elGamal(Y, this.#b, this.#gamma),
    };
  }

  get k(): Scalar {
    return this.#k;
  }

  get gamma(): Scalar {
    return this.#gamma;
  }

  get kWitness(): EncElgWitness {
    return { x: this.#k, rho: this.#rho, b: this.#a };
  }

  get gammaWitness(): EncElgWitness {
    return { x: this.#gamma, rho: this.#nu, b: this.#b };
  }

  get GammaWitness(): ElogWitness {
    return { y: this.#gamma, lambda: this.#b };
  }

  get DeltaWitness(): ElogWitness {
    return { y: this.#k, lambda: this.#a };
  }

  #elGamal(Y: Point, nonce: Scalar, m: Scalar): Point {
    return this.#curve.addPoints(this.#curve.multiply(Y, nonce), this.#curve.multiplyBase(m));
  }
}

/** The statement that K holds the k that A1 and A2 commit to. */
export const kStatement = (
  { K, Y, A1, A2 }: Commitments,
  { paillier }: PublicAuxiliary,
  ring: RingPedersen,
): EncElgStatement => ({ key: paillier, C: K, A: Y, B: A1, X: A2, ring });

/** The statement that G holds the γ that B1 and B2 commit to. */
export const gammaStatement = (
  { G, Y, B1, B2 }: Commitments,
  { paillier }: PublicAuxiliary,
  ring: RingPedersen,
): EncElgStatement => ({ key: paillier, C: G, A: Y, B: B1, X: B2, ring });

/** The statement that Γ_i is γ·G for the γ that B1 and B2 commit to. */
export const GammaStatement = (curve: Curve, { Y, B1, B2 }: Commitments, Gamma: Point): ElogStatement => ({
  L: B1,
  M: B2,
  X: Y,
  Y: Gamma,
  h: curve.base,
});

/** The statement that Δ_i is k·Γ for the k that A1 and A2 commit to. */
export const DeltaStatement = ({ Y, A1, A2 }: Commitments, Delta: Point, Gamma: Point): ElogStatement => ({
  L: A1,
  M: A2,
  X: Y,
  Y: Delta,
  h: Gamma,
});
