/** Πprm: s is a power of t modulo N̂. ePrint 2021/060 (2024), section 5.3, figure 13. */
import { list, struct } from '../../../session/codec.ts';
import type { Transcript } from '../../../session/transcript.ts';
import { natural, randomBelow } from '../paillier/integers.ts';
import type { RingPedersen, RingPedersenSecret } from '../paillier/ring-pedersen.ts';
import type { CggmpParameters } from '../parameters.ts';
import { bitChallenges, type SigmaProtocol } from './proof-system.ts';

export interface PrmStatement {
  readonly ring: RingPedersen;
}

export type PrmWitness = ReturnType<RingPedersenSecret['witness']>;

export interface PrmProof {
  /** A_i = t^a_i. */
  readonly commitments: readonly bigint[];
  /** z_i = a_i + e_i·λ mod φ(N̂). */
  readonly responses: readonly bigint[];
}

export const prmProof = ({ primeBits, challengeBits }: CggmpParameters) =>
  struct<PrmProof>({
    commitments: list(natural(2 * primeBits), challengeBits),
    responses: list(natural(2 * primeBits), challengeBits),
  });

export const prm = ({ challengeBits }: CggmpParameters): SigmaProtocol<PrmStatement, PrmWitness, PrmProof> => {
  const challenge = (transcript: Transcript, { ring }: PrmStatement, { commitments }: Pick<PrmProof, 'commitments'>) =>
    bitChallenges(
      transcript.absorb('ring-Pedersen', ring.modulus.value, ring.s, ring.t).absorb('commitments', ...commitments),
      challengeBits,
    );
  return {
    challenge,
    prove(transcript, statement, { lambda, order }) {
      const { modulus, t } = statement.ring;
      const masks = Array.from({ length: challengeBits }, () => randomBelow(order));
      const commitments = masks.map(mask => modulus.power(t, mask));
      const bits = challenge(transcript, statement, { commitments });
      return { commitments, responses: masks.map((mask, i) => (bits[i] ? (mask + lambda) % order : mask)) };
    },
    verify(transcript, statement, { commitments, responses }) {
      const { modulus, s, t } = statement.ring;
      if (commitments.length !== challengeBits || responses.length !== challengeBits) return false;
      if (!modulus.areUnits(...commitments)) return false;
      const bits = challenge(transcript, statement, { commitments });
      return responses.every(
        (z, i) => modulus.power(t, z) === (bits[i] ? modulus.multiply(commitments[i] ?? 0n, s) : commitments[i]),
      );
    },
  };
};
