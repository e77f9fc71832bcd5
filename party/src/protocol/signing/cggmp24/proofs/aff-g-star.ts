/**
 * Πaff-g*: the statement of Πaff-g, proven to all parties. ePrint 2021/060 (2024), appendix A.5, figure 27. The proof
 * needs no party's ring-Pedersen parameters, so all parties believe it, but it is slow: it serves to find the signer
 * that has spoiled a presignature.
 */
import type { Curve, Point } from '../../../curve/curve.ts';
import { bytes, list, struct } from '../../../session/codec.ts';
import type { Transcript } from '../../../session/transcript.ts';
import { integer, isWithin, natural, randomWithin } from '../paillier/integers.ts';
import { Base } from '../paillier/modulus.ts';
import type { Ciphertext } from '../paillier/paillier.ts';
import type { CggmpParameters } from '../parameters.ts';
import type { AffGStatement, AffGWitness } from './aff-g.ts';
import { bitOf, type ProofSystem } from './proof-system.ts';

export type AffGStarStatement = Omit<AffGStatement, 'ring'>;

interface Commitment {
  readonly A: Ciphertext;
  readonly R: Point;
  readonly B: Ciphertext;
}

interface Response {
  readonly z1: bigint;
  readonly z2: bigint;
  readonly w: bigint;
  readonly wY: bigint;
}

/** The commitments are not sent: the verifier computes them from its equations, and they must hash to the challenge. */
export interface AffGStarProof {
  readonly challenge: Uint8Array;
  readonly responses: readonly Response[];
}

export const affGStarProof = ({ primeBits, ell, ellPrime, epsilon, challengeBits }: CggmpParameters) =>
  struct<AffGStarProof>({
    challenge: bytes(challengeBits / 8),
    responses: list(
      struct<Response>({
        z1: integer(ell + epsilon + 1),
        z2: integer(ellPrime + epsilon + 1),
        w: natural(2 * primeBits),
        wY: natural(2 * primeBits),
      }),
      challengeBits,
    ),
  });

export const affGStar = (
  parameters: CggmpParameters,
  curve: Curve,
): ProofSystem<AffGStarStatement, AffGWitness, AffGStarProof> => {
  const { ell, ellPrime, epsilon, challengeBits } = parameters;
  const wide = 1n << BigInt(ell + epsilon);
  const wider = 1n << BigInt(ellPrime + epsilon);

  const challenge = (transcript: Transcript, statement: AffGStarStatement, commitments: readonly Commitment[]) => {
    const { key0, key1, C, D, Y, X } = statement;
    return transcript
      .absorb('statement', key0.n.value, key1.n.value, C, D, Y, curve.encodeForHash(X))
      .absorb('commitments', ...commitments.map(({ A, R, B }) => [A, curve.encodeForHash(R), B]))
      .bytes(challengeBits / 8);
  };

  return {
    prove(transcript, statement, { x, y, rho, rhoY }) {
      const { key0, key1, C } = statement;
      const base = new Base(key0.nn, C);
      const masks = Array.from({ length: challengeBits }, () => ({
        alpha: randomWithin(wide),
        beta: randomWithin(wider),
        r: key0.randomNonce(),
        s: key1.randomNonce(),
      }));
      const commitments = masks.map(({ alpha, beta, r, s }) => ({
        A: key0.add(base.power(alpha), key0.encrypt(beta, r)),
        R: curve.multiplyBase(curve.scalar(alpha)),
        B: key1.encrypt(beta, s),
      }));
      const e = challenge(transcript, statement, commitments);
      return {
        challenge: e,
        responses: masks.map(({ alpha, beta, r, s }, i) =>
          bitOf(e, i)
            ? { z1: alpha + x, z2: beta + y, w: key0.n.multiply(r, rho), wY: key1.n.multiply(s, rhoY) }
            : { z1: alpha, z2: beta, w: r, wY: s },
        ),
      };
    },

    verify(transcript, statement, { challenge: e, responses }) {
      const { key0, key1, C, D, Y, X } = statement;
      if (e.length !== challengeBits / 8 || responses.length !== challengeBits) return false;
      if (!responses.every(({ z1, z2 }) => isWithin(z1, wide) && isWithin(z2, wider))) return false;
      if (!key0.areCiphertexts(C, D) || !key1.areCiphertexts(Y)) return false;
      if (!key0.n.areUnits(...responses.map(({ w }) => w))) return false;
      if (!key1.n.areUnits(...responses.map(({ wY }) => wY))) return false;
      const [base, minusD, minusY] = [new Base(key0.nn, C), key0.nn.invert(D), key1.nn.invert(Y)];
      const commitments = responses.map(({ z1, z2, w, wY }, i) => {
        const isOne = bitOf(e, i);
        return {
          A: key0.add(base.power(z1), key0.encrypt(z2, w), isOne ? minusD : 1n),
          R: curve.multiplyAddPublic([
            [curve.base, curve.scalar(z1)],
            [X, curve.scalar(isOne ? -1n : 0n)],
          ]),
          B: key1.add(key1.encrypt(z2, wY), isOne ? minusY : 1n),
        };
      });
      if (commitments.some(({ R }) => curve.isIdentity(R))) return false;
      return Buffer.from(e).equals(challenge(transcript, statement, commitments));
    },
  };
};
