/**
 * Πdec: x ⊙ K ⊕ D is a ciphertext of y, where X = x·G and S = y·B. ePrint 2021/060 (2024), appendix A.6, figure 28,
 * with any base B for S, since figure 9 needs the base Γ. The range of y is as wide as the sums of figure 9 can get.
 * The proof needs no party's ring-Pedersen parameters, so all parties believe it, but it is slow: it serves to find the
 * signer that has spoiled a presignature.
 */
import type { Curve, Point } from '../../../curve/curve.ts';
import { bytes, list, struct } from '../../../session/codec.ts';
import type { Transcript } from '../../../session/transcript.ts';
import { integer, isWithin, natural, randomWithin } from '../paillier/integers.ts';
import { Base } from '../paillier/modulus.ts';
import type { Ciphertext, PaillierKey } from '../paillier/paillier.ts';
import type { CggmpParameters } from '../parameters.ts';
import { bitOf, type ProofSystem } from './proof-system.ts';

export interface DecStatement {
  /** The prover's key. */
  readonly key: PaillierKey;
  readonly K: Ciphertext;
  readonly D: Ciphertext;
  readonly X: Point;
  readonly S: Point;
  readonly B: Point;
}

export interface DecWitness {
  /** In ±2^ℓ. */
  readonly x: bigint;
  /** In ±2^(ℓ'+ε+7): a sum over fewer than 64 parties. */
  readonly y: bigint;
  /** The nonce of x ⊙ K ⊕ D, as a ciphertext of y. */
  readonly rho: bigint;
}

interface Commitment {
  readonly A: Ciphertext;
  readonly Bj: Point;
  readonly C: Point;
}

interface Response {
  readonly z: bigint;
  readonly w: bigint;
  readonly nu: bigint;
}

/** The commitments are not sent: the verifier computes them from its equations, and they must hash to the challenge. */
export interface DecProof {
  readonly challenge: Uint8Array;
  readonly responses: readonly Response[];
}

/** The number of bits by which a sum of products is longer than one product. */
const SUM_BITS = 7;

export const decProof = ({ primeBits, ell, ellPrime, epsilon, challengeBits }: CggmpParameters) =>
  struct<DecProof>({
    challenge: bytes(challengeBits / 8),
    responses: list(
      struct<Response>({
        z: integer(ell + epsilon + 1),
        w: integer(ellPrime + 2 * epsilon + SUM_BITS + 1),
        nu: natural(2 * primeBits),
      }),
      challengeBits,
    ),
  });

export const dec = (parameters: CggmpParameters, curve: Curve): ProofSystem<DecStatement, DecWitness, DecProof> => {
  const { ell, ellPrime, epsilon, challengeBits } = parameters;
  const wide = 1n << BigInt(ell + epsilon);
  const wider = 1n << BigInt(ellPrime + 2 * epsilon + SUM_BITS);

  const challenge = (transcript: Transcript, statement: DecStatement, commitments: readonly Commitment[]) => {
    const { key, K, D, X, S, B } = statement;
    const points = [X, S, B].map(p => curve.encodeForHash(p));
    const shown = commitments.map(({ A, Bj, C }) => [A, curve.encodeForHash(Bj), curve.encodeForHash(C)]);
    return transcript
      .absorb('statement', key.n.value, K, D, ...points)
      .absorb('commitments', ...shown)
      .bytes(challengeBits / 8);
  };

  return {
    prove(transcript, statement, { x, y, rho }) {
      const { key, K, B } = statement;
      const masks = Array.from({ length: challengeBits }, () => ({
        alpha: randomWithin(wide),
        beta: randomWithin(wider),
        r: key.randomNonce(),
      }));
      const commitments = masks.map(({ alpha, beta, r }) => ({
        A: key.add(key.encrypt(beta, r), key.multiply(K, -alpha)),
        Bj: curve.multiply(B, curve.scalar(beta)),
        C: curve.multiplyBase(curve.scalar(alpha)),
      }));
      const e = challenge(transcript, statement, commitments);
      return {
        challenge: e,
        responses: masks.map(({ alpha, beta, r }, i) =>
          bitOf(e, i) ? { z: alpha + x, w: beta + y, nu: key.n.multiply(r, rho) } : { z: alpha, w: beta, nu: r },
        ),
      };
    },

    verify(transcript, statement, { challenge: e, responses }) {
      const { key, K, D, X, S, B } = statement;
      if (e.length !== challengeBits / 8 || responses.length !== challengeBits) return false;
      if (!responses.every(({ z, w }) => isWithin(z, wide) && isWithin(w, wider))) return false;
      if (!key.areCiphertexts(K, D) || !key.n.areUnits(...responses.map(({ nu }) => nu))) return false;
      const [base, minusD] = [new Base(key.nn, K), key.nn.invert(D)];
      const commitments = responses.map(({ z, w, nu }, i) => {
        const minus = curve.scalar(bitOf(e, i) ? -1n : 0n);
        return {
          A: key.add(key.encrypt(w, nu), base.power(-z), bitOf(e, i) ? minusD : 1n),
          Bj: curve.multiplyAddPublic([
            [B, curve.scalar(w)],
            [S, minus],
          ]),
          C: curve.multiplyAddPublic([
            [curve.base, curve.scalar(z)],
            [X, minus],
          ]),
        };
      });
      if (commitments.some(({ Bj, C }) => curve.isIdentity(Bj) || curve.isIdentity(C))) return false;
      return Buffer.from(e).equals(challenge(transcript, statement, commitments));
    },
  };
};
