/**
 * Πfac: both factors of N are large, and neither is above √N·2^(ℓ+ε). ePrint 2021/060 (2024), appendix A.4, figure 26.
 * The code has 2^primeBits in place of √N, which is less than √2 times as much.
 */
import { struct } from '../../../session/codec.ts';
import type { Transcript } from '../../../session/transcript.ts';
import { integer, isWithin, natural, randomWithin } from '../paillier/integers.ts';
import type { PaillierModulus } from '../paillier/paillier.ts';
import type { RingPedersen } from '../paillier/ring-pedersen.ts';
import type { CggmpParameters } from '../parameters.ts';
import { type SigmaProtocol, signedChallenge } from './proof-system.ts';

export interface FacStatement {
  readonly n: PaillierModulus;
  /** The verifier's parameters. */
  readonly ring: RingPedersen;
}

export interface FacWitness {
  readonly p: bigint;
  readonly q: bigint;
}

interface FacCommitments {
  readonly P: bigint;
  readonly Q: bigint;
  readonly A: bigint;
  readonly B: bigint;
  readonly T: bigint;
}

export interface FacProof extends FacCommitments {
  readonly z1: bigint;
  readonly z2: bigint;
  readonly w1: bigint;
  readonly w2: bigint;
  readonly v: bigint;
}

export const facProof = ({ primeBits, ell, epsilon }: CggmpParameters) => {
  const residue = natural(2 * primeBits);
  const factor = integer(primeBits + ell + epsilon + 1);
  const masked = integer(2 * primeBits + ell + epsilon + 1);
  return struct<FacProof>({
    P: residue,
    Q: residue,
    A: residue,
    B: residue,
    T: residue,
    z1: factor,
    z2: factor,
    w1: masked,
    w2: masked,
    v: integer(4 * primeBits + ell + epsilon + 1),
  });
};

export const fac = (parameters: CggmpParameters): SigmaProtocol<FacStatement, FacWitness, FacProof> => {
  const { primeBits, challengeBits } = parameters;
  const short = 1n << BigInt(parameters.ell);
  const wide = 1n << BigInt(parameters.ell + parameters.epsilon);
  const bound = wide << BigInt(primeBits);

  const challenge = (transcript: Transcript, { n, ring }: FacStatement, { P, Q, A, B, T }: FacCommitments) =>
    signedChallenge(
      transcript
        .absorb('modulus', n)
        .absorb('ring-Pedersen', ring.modulus.value, ring.s, ring.t)
        .absorb('commitments', P, Q, A, B, T),
      challengeBits,
    );

  return {
    challenge,
    prove(transcript, statement, { p, q }) {
      const { n, ring } = statement;
      const hat = ring.modulus.value;
      const [alpha, beta] = [randomWithin(bound), randomWithin(bound)];
      const [mu, nu] = [randomWithin(short * hat), randomWithin(short * hat)];
      const r = randomWithin(wide * n * hat);
      const [x, y] = [randomWithin(wide * hat), randomWithin(wide * hat)];
      const Q = ring.commit(q, nu);
      const commitments = {
        P: ring.commit(p, mu),
        Q,
        A: ring.commit(alpha, x),
        B: ring.commit(beta, y),
        T: ring.modulus.multiply(ring.modulus.power(Q, alpha), ring.commit(0n, r)),
      };
      const e = challenge(transcript, statement, commitments);
      return {
        ...commitments,
        z1: alpha + e * p,
        z2: beta + e * q,
        w1: x + e * mu,
        w2: y + e * nu,
        v: r - e * nu * p,
      };
    },

    verify(transcript, statement, proof) {
      const { n, ring } = statement;
      const { P, Q, A, B, T, z1, z2, w1, w2, v } = proof;
      const { modulus } = ring;
      if (!isWithin(z1, bound) || !isWithin(z2, bound) || !modulus.areUnits(P, Q, A, B, T)) return false;
      const e = challenge(transcript, statement, proof);
      const R = modulus.power(ring.s, n);
      return (
        modulus.isProduct(ring.commit(z1, w1), A, P, e) &&
        modulus.isProduct(ring.commit(z2, w2), B, Q, e) &&
        modulus.isProduct(modulus.multiply(modulus.power(Q, z1), ring.commit(0n, v)), T, R, e)
      );
    },
  };
};
