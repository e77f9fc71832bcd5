/**
 * Πelog: Y = y·h for the y to which an ElGamal commitment commits: L = λ·G, M = y·G + λ·X. ePrint 2021/060 (2024),
 * appendix A.1, figure 23.
 */
import type { Curve, Point, Scalar } from '../../../curve/curve.ts';
import { point, scalar, struct } from '../../../session/codec.ts';
import type { Transcript } from '../../../session/transcript.ts';
import { type SigmaProtocol, scalarChallenge, vanishes } from './proof-system.ts';

export interface ElogStatement {
  readonly L: Point;
  readonly M: Point;
  readonly X: Point;
  readonly Y: Point;
  readonly h: Point;
}

export interface ElogWitness {
  readonly y: Scalar;
  readonly lambda: Scalar;
}

interface ElogCommitments {
  readonly A: Point;
  readonly N: Point;
  readonly B: Point;
}

export interface ElogProof extends ElogCommitments {
  readonly z: Scalar;
  readonly u: Scalar;
}

export const elogProof = (curve: Curve) =>
  struct<ElogProof>({ A: point(curve), N: point(curve), B: point(curve), z: scalar(curve), u: scalar(curve) });

export const elog = (curve: Curve): SigmaProtocol<ElogStatement, ElogWitness, ElogProof> => {
  const challenge = (transcript: Transcript, { L, M, X, Y, h }: ElogStatement, { A, N, B }: ElogCommitments) =>
    scalarChallenge(
      transcript
        .absorb('statement', ...[L, M, X, Y, h].map(p => curve.encodeForHash(p)))
        .absorb('commitments', ...[A, N, B].map(p => curve.encodeForHash(p))),
      curve,
    );

  return {
    challenge,
    prove(transcript, statement, { y, lambda }) {
      const { X, h } = statement;
      const [alpha, m] = [curve.randomScalar(), curve.randomScalar()];
      const commitments = {
        A: curve.multiplyBase(alpha),
        N: curve.addPoints(curve.multiplyBase(m), curve.multiply(X, alpha)),
        B: curve.multiply(h, m),
      };
      const e = challenge(transcript, statement, commitments);
      return {
        ...commitments,
        z: curve.addScalars(alpha, curve.multiplyScalars(e, lambda)),
        u: curve.addScalars(m, curve.multiplyScalars(e, y)),
      };
    },

    verify(transcript, statement, proof) {
      const { L, M, X, Y, h } = statement;
      const { A, N, B, z, u } = proof;
      const e = curve.negateScalar(challenge(transcript, statement, proof));
      const minusOne = curve.scalar(-1n);
      return (
        vanishes(curve, [curve.base, z], [A, minusOne], [L, e]) &&
        vanishes(curve, [curve.base, u], [X, z], [N, minusOne], [M, e]) &&
        vanishes(curve, [h, u], [B, minusOne], [Y, e])
      );
    },
  };
};
