/**
 * Πaff-g: D = x ⊙ C ⊕ Enc_0(y), where x is short and X = x·G, and y is short and Y = Enc_1(y). ePrint 2021/060 (2024),
 * appendix A.3, figure 25.
 */
import type { Curve, Point } from '../../../curve/curve.ts';
import { point, struct } from '../../../session/codec.ts';
import type { Transcript } from '../../../session/transcript.ts';
import { integer, isWithin, natural, randomWithin } from '../paillier/integers.ts';
import type { Ciphertext, PaillierKey } from '../paillier/paillier.ts';
import type { RingPedersen } from '../paillier/ring-pedersen.ts';
import type { CggmpParameters } from '../parameters.ts';
import { type SigmaProtocol, signedChallenge, vanishes } from './proof-system.ts';

export interface AffGStatement {
  /** The verifier's key, under which C and D are encrypted. */
  readonly key0: PaillierKey;
  /** The prover's key, under which Y is encrypted. */
  readonly key1: PaillierKey;
  readonly C: Ciphertext;
  readonly D: Ciphertext;
  readonly Y: Ciphertext;
  readonly X: Point;
  /** The verifier's parameters. */
  readonly ring: RingPedersen;
}

export interface AffGWitness {
  /** In ±2^ℓ. */
  readonly x: bigint;
  /** In ±2^ℓ'. */
  readonly y: bigint;
  /** The nonce of Enc_0(y) in D. */
  readonly rho: bigint;
  /** The nonce of Y. */
  readonly rhoY: bigint;
}

interface AffGCommitments {
  readonly A: Ciphertext;
  readonly Bx: Point;
  readonly By: Ciphertext;
  readonly E: bigint;
  readonly S: bigint;
  readonly F: bigint;
  readonly T: bigint;
}

export interface AffGProof extends AffGCommitments {
  readonly z1: bigint;
  readonly z2: bigint;
  readonly z3: bigint;
  readonly z4: bigint;
  readonly w: bigint;
  readonly wY: bigint;
}

export const affGProof = ({ primeBits, ell, ellPrime, epsilon }: CggmpParameters, curve: Curve) => {
  const ciphertext = natural(4 * primeBits);
  const residue = natural(2 * primeBits);
  const masked = integer(2 * primeBits + ell + epsilon + 1);
  return struct<AffGProof>({
    A: ciphertext,
    Bx: point(curve),
    By: ciphertext,
    E: residue,
    S: residue,
    F: residue,
    T: residue,
    z1: integer(ell + epsilon + 1),
    z2: integer(ellPrime + epsilon + 1),
    z3: masked,
    z4: masked,
    w: residue,
    wY: residue,
  });
};

export const affG = (
  parameters: CggmpParameters,
  curve: Curve,
): SigmaProtocol<AffGStatement, AffGWitness, AffGProof> => {
  const short = 1n << BigInt(parameters.ell);
  const wide = 1n << BigInt(parameters.ell + parameters.epsilon);
  const wider = 1n << BigInt(parameters.ellPrime + parameters.epsilon);

  const challenge = (transcript: Transcript, statement: AffGStatement, commitments: AffGCommitments) => {
    const { key0, key1, C, D, Y, X, ring } = statement;
    const { A, Bx, By, E, S, F, T } = commitments;
    return signedChallenge(
      transcript
        .absorb('statement', key0.n.value, key1.n.value, C, D, Y, curve.encodeForHash(X))
        .absorb('ring-Pedersen', ring.modulus.value, ring.s, ring.t)
        .absorb('commitments', A, curve.encodeForHash(Bx), By, E, S, F, T),
      parameters.challengeBits,
    );
  };

  return {
    challenge,
    prove(transcript, statement, { x, y, rho, rhoY }) {
      const { key0, key1, C, ring } = statement;
      const hat = ring.modulus.value;
      const [alpha, beta] = [randomWithin(wide), randomWithin(wider)];
      const [r, rY] = [key0.randomNonce(), key1.randomNonce()];
      const [gamma, delta] = [randomWithin(wide * hat), randomWithin(wide * hat)];
      const [m, mu] = [randomWithin(short * hat), randomWithin(short * hat)];
      const commitments = {
        A: key0.add(key0.multiply(C, alpha), key0.encrypt(beta, r)),
        Bx: curve.multiplyBase(curve.scalar(alpha)),
        By: key1.encrypt(beta, rY),
        E: ring.commit(alpha, gamma),
        S: ring.commit(x, m),
        F: ring.commit(beta, delta),
        T: ring.commit(y, mu),
      };
      const e = challenge(transcript, statement, commitments);
      return {
        ...commitments,
        z1: alpha + e * x,
        z2: beta + e * y,
        z3: gamma + e * m,
        z4: delta + e * mu,
        w: key0.n.multiply(r, key0.n.power(rho, e)),
        wY: key1.n.multiply(rY, key1.n.power(rhoY, e)),
      };
    },

    verify(transcript, statement, proof) {
      const { key0, key1, C, D, Y, X, ring } = statement;
      const { A, Bx, By, E, S, F, T, z1, z2, z3, z4, w, wY } = proof;
      if (!isWithin(z1, wide) || !isWithin(z2, wider)) return false;
      if (!key0.areCiphertexts(C, D, A) || !key1.areCiphertexts(Y, By)) return false;
      if (!key0.n.areUnits(w) || !key1.n.areUnits(wY) || !ring.modulus.areUnits(E, S, F, T)) return false;
      const e = challenge(transcript, statement, proof);
      return (
        vanishes(curve, [curve.base, curve.scalar(z1)], [Bx, curve.scalar(-1n)], [X, curve.scalar(-e)]) &&
        ring.modulus.isProduct(ring.commit(z1, z3), E, S, e) &&
        ring.modulus.isProduct(ring.commit(z2, z4), F, T, e) &&
        key1.nn.isProduct(key1.encrypt(z2, wY), By, Y, e) &&
        key0.nn.isProduct(key0.add(key0.multiply(C, z1), key0.encrypt(z2, w)), A, D, e)
      );
    },
  };
};
