/** The messages that show and prove auxiliary information: ePrint 2021/060 (2024), figure 7. */
import { bytes, struct } from '../../session/codec.ts';
import { direct, echo, plain } from '../../session/messages.ts';
import { natural } from './paillier/integers.ts';
import type { CggmpParameters } from './parameters.ts';
import { type FacProof, facProof } from './proofs/fac.ts';
import { type ModProof, modProof } from './proofs/mod.ts';
import { type PrmProof, prmProof } from './proofs/prm.ts';

export interface Reveal {
  /** The modulus of the Paillier key. */
  readonly n: bigint;
  /** The modulus of the ring-Pedersen parameters. */
  readonly ringN: bigint;
  readonly s: bigint;
  readonly t: bigint;
  readonly prm: PrmProof;
  /** The sender's part of the value to which the later proofs are bound. */
  readonly rid: Uint8Array;
  readonly salt: Uint8Array;
}

interface Proofs {
  readonly mod: ModProof;
  readonly fac: FacProof;
}

export const HASH_BYTES = 32;

export type AuxInfoMessages = ReturnType<typeof auxInfoMessages>;

export const auxInfoMessages = (parameters: CggmpParameters) => {
  const modulus = natural(2 * parameters.primeBits);
  const reveal = struct<Reveal>({
    n: modulus,
    ringN: modulus,
    s: modulus,
    t: modulus,
    prm: prmProof(parameters),
    rid: bytes(HASH_BYTES),
    salt: bytes(HASH_BYTES),
  });
  return {
    commit: echo(bytes(HASH_BYTES)),
    reveal: echo(reveal),
    prove: direct(struct<Proofs>({ mod: modProof(parameters), fac: facProof(parameters) })),
    confirm: plain(bytes(HASH_BYTES)),
  };
};
