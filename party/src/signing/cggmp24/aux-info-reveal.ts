import { bytes, struct } from '../../session/codec.ts';
import { natural } from './paillier/integers.ts';
import type { CggmpParameters } from './parameters.ts';
import { type PrmProof, prmProof } from './proofs/prm.ts';

/** What a party publishes of its auxiliary information: ePrint 2021/060 (2024), figure 7, round 2. */
export interface Reveal {
  /** Of the Paillier key. */
  readonly n: bigint;
  /** Of the ring-Pedersen parameters. */
  readonly ringN: bigint;
  readonly s: bigint;
  readonly t: bigint;
  readonly prm: PrmProof;
  /** Its part of what the later proofs are bound to. */
  readonly rid: Uint8Array;
  readonly salt: Uint8Array;
}

export const HASH_BYTES = 32;

export const revealLayout = (parameters: CggmpParameters) => {
  const modulus = natural(2 * parameters.primeBits);
  return struct<Reveal>({
    n: modulus,
    ringN: modulus,
    s: modulus,
    t: modulus,
    prm: prmProof(parameters),
    rid: bytes(HASH_BYTES),
    salt: bytes(HASH_BYTES),
  });
};
