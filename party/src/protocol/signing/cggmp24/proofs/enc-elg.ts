/**
 * Πenc-elg: a ciphertext holds a short x, and an ElGamal commitment holds the same x. ePrint 2021/060 (2024), appendix
 * A.2, figure 24. The equations of the commitment are B = b·G and X = b·A + x·G.
 */
import type { Curve, Point, Scalar } from '../../../curve/curve.ts';
import { point, scalar, struct } from '../../../session/codec.ts';
import type { Transcript } from '../../../session/transcript.ts';
import { integer, isWithin, natural, randomWithin } from '../paillier/integers.ts';
import type { Ciphertext, PaillierKey } from '../paillier/paillier.ts';
import type { RingPedersen } from '../paillier/ring-pedersen.ts';
import type { CggmpParameters } from '../parameters.ts';
import { type SigmaProtocol, signedChallenge, vanishes } from './proof-system.ts';

export interface EncElgStatement {
  /** The prover's key. */
  readonly key: PaillierKey;
  /** Enc(x; ρ). */
  readonly C: Ciphertext;
  readonly A: Point;
  readonly B: Point;
  readonly X: Point;
  /** The verifier's parameters. */
  readonly ring: RingPedersen;
}

export interface EncElgWitness {
  /** In ±2^ℓ. */
  readonly x: bigint;
  readonly rho: bigint;
  readonly b: Scalar;
}

interface EncElgCommitments {
  readonly S: bigint;
  readonly T: bigint;
  readonly D: bigint;
  readonly Y: Point;
  readonly Z: Point;
}

export interface EncElgProof extends EncElgCommitments {
  readonly z1: bigint;
  readonly z2: bigint;
  readonly z3: bigint;
  readonly w: Scalar;
}

export const encElgProof = ({ primeBits, ell, epsilon }: CggmpParameters, curve: Curve) =>
  struct<EncElgProof>({
    S: natural(2 * primeBits),
    T: natural(2 * primeBits),
    D: natural(4 * primeBits),
    Y: point(curve),
    Z: point(curve),
    z1: integer(ell + epsilon + 1),
    z2: natural(2 * primeBits),
    z3: integer(2 * primeBits + ell + epsilon + 1),
    w: scalar(curve),
  });

export const encElg = (
  parameters: CggmpParameters,
  curve: Curve,
): SigmaProtocol<EncElgStatement, EncElgWitness, EncElgProof> => {
  const short = 1n << BigInt(parameters.ell);
  const wide = 1n << BigInt(parameters.ell + parameters.epsilon);

  const challenge = (transcript: Transcript, statement: EncElgStatement, { S, T, D, Y, Z }: EncElgCommitments) => {
    const { key, C, A, B, X, ring } = statement;
    const points = [A, B, X].map(p => curve.encodeForHash(p));
    return signedChallenge(
      transcript
        .absorb('statement', key.n.value, C, ...points)
        .absorb('ring-Pedersen', ring.modulus.value, ring.s, ring.t)
        .absorb('commitments', S, T, D, curve.encodeForHash(Y), curve.encodeForHash(Z)),
      parameters.challengeBits,
    );
  };

  return {
    challenge,
    prove(transcript, statement, { x, rho, b }) {
      const { key, A, ring } = statement;
      const hat = ring.modulus.value;
      const alpha = randomWithin(wide);
      const mu = randomWithin(short * hat);
      const gamma = randomWithin(wide * hat);
      const r = key.randomNonce();
      const beta = curve.randomScalar();
      const commitments = {
        S: ring.commit(x, mu),
        T: ring.commit(alpha, gamma),
        D: key.encrypt(alpha, r),
        Y: curve.addPoints(curve.multiply(A, beta), curve.multiplyBase(curve.scalar(alpha))),
        Z: curve.multiplyBase(beta),
      };
      const e = challenge(transcript, statement, commitments);
      return {
        ...commitments,
        z1: alpha + e * x,
        z2: key.n.multiply(r, key.n.power(rho, e)),
        z3: gamma + e * mu,
        w: curve.addScalars(beta, curve.multiplyScalars(curve.scalar(e), b)),
      };
    },

    verify(transcript, statement, proof) {
      const { key, C, A, B, X, ring } = statement;
      const { S, T, D, Y, Z, z1, z2, z3, w } = proof;
      if (!isWithin(z1, wide)) return false;
      if (!key.areCiphertexts(C, D) || !key.n.areUnits(z2) || !ring.modulus.areUnits(S, T)) return false;
      const e = challenge(transcript, statement, proof);
      const minus = { one: curve.scalar(-1n), e: curve.scalar(-e) };
      return (
        vanishes(curve, [A, w], [curve.base, curve.scalar(z1)], [Y, minus.one], [X, minus.e]) &&
        vanishes(curve, [curve.base, w], [Z, minus.one], [B, minus.e]) &&
        key.nn.isProduct(key.encrypt(z1, z2), D, C, e) &&
        ring.modulus.isProduct(ring.commit(z1, z3), T, S, e)
      );
    },
  };
};
