/**
 * Auxiliary information: every party makes a Paillier key and ring-Pedersen parameters, and proves both to every other. ePrint
 * 2021/060 (2024), section 5.1, figure 7, without its refresh of shares, which is ours for all protocols (sharing/refresh.ts).
 */
import { randomBytes } from 'node:crypto';
import { bytes, struct } from '../../session/codec.ts';
import type { PartyId } from '../../session/errors.ts';
import { direct, echo, plain } from '../../session/messages.ts';
import { entry, type Party, type Received, type SessionContext } from '../../session/party.ts';
import type { Transcript } from '../../session/transcript.ts';
import { equal, exclusiveOr } from '../../sharing/commitments.ts';
import type { Auxiliary, PublicAuxiliary, SecretAuxiliary } from './auxiliary.ts';
import { natural } from './paillier/integers.ts';
import { PaillierKey, parsePaillierModulus } from './paillier/paillier.ts';
import { RingPedersen } from './paillier/ring-pedersen.ts';
import type { CggmpParameters } from './parameters.ts';
import { type FacProof, fac, facProof } from './proofs/fac.ts';
import { type ModProof, mod, modProof } from './proofs/mod.ts';
import { type PrmProof, prm, prmProof } from './proofs/prm.ts';

interface Reveal {
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

interface Proofs {
  readonly mod: ModProof;
  readonly fac: FacProof;
}

const HASH_BYTES = 32;

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

/**
 * @param own of primes that were never shown in another session, not even in one that failed: who copies a modulus from there would
 * otherwise look like its owner
 * @throws Misbehaviour naming who reveals what it did not commit to, or parameters that are none or not proven
 */
export async function auxInfo(
  party: Party<AuxInfoMessages>,
  own: SecretAuxiliary,
  parameters: CggmpParameters,
): Promise<Auxiliary> {
  const { me, context } = party;
  const { ring } = own.ring;
  const prmTranscript = (prover: PartyId): Transcript => context.proof('aux-info/prm', prover);
  const reveal: Reveal = {
    n: own.paillier.n,
    ringN: ring.modulus.value,
    s: ring.s,
    t: ring.t,
    prm: prm(parameters).prove(prmTranscript(me), { ring }, own.ring),
    rid: randomBytes(HASH_BYTES),
    salt: randomBytes(HASH_BYTES),
  };
  const hashReveal = hasher(context, parameters);

  const commits = await party.broadcast('commit', hashReveal(me, reveal));

  const reveals = await party.broadcast('reveal', reveal);
  party.check('commitment', 'reveal', reveals, (from, revealed) =>
    equal(hashReveal(from, revealed), commits.get(from)),
  );
  party.check('parameters', 'reveal', reveals, (from, revealed) => isAcceptable(from, revealed, reveals, parameters));
  const all = publicAuxiliaries(reveals, parameters, me, own);
  party.check('prm', 'reveal', reveals, (from, revealed) =>
    prm(parameters).verify(prmTranscript(from), { ring: entry(all, from).ring }, revealed.prm),
  );

  const rid = exclusiveOr([...reveals.values()].map(revealed => revealed.rid));
  const modTranscript = (prover: PartyId): Transcript => context.proof('aux-info/mod', prover).absorb('rid', rid);
  const facTranscript = (prover: PartyId, verifier: PartyId): Transcript =>
    context.proof('aux-info/fac', prover, verifier).absorb('rid', rid);

  const factors = own.paillier.factors();
  const { n } = own.paillier;
  const ownMod = mod(parameters).prove(modTranscript(me), { n }, factors);
  const proofs = await party.exchange('prove', to => ({
    mod: ownMod,
    fac: fac(parameters).prove(facTranscript(me, to), { n, ring: entry(all, to).ring }, factors),
  }));
  party.check('mod', 'prove', proofs, (from, proof) =>
    mod(parameters).verify(modTranscript(from), { n: entry(all, from).paillier.modulus }, proof.mod),
  );
  party.check('fac', 'prove', proofs, (from, proof, to) =>
    fac(parameters).verify(
      facTranscript(from, to),
      { n: entry(all, from).paillier.modulus, ring: entry(all, to).ring },
      proof.fac,
    ),
  );

  // nobody is done before all proofs have held for all
  const result = (prover: PartyId): Uint8Array =>
    context
      .proof('aux-info/result', prover)
      .absorb('reveals', ...[...reveals].map(([id, revealed]) => hashReveal(id, revealed)))
      .digest();
  const confirms = await party.broadcast('confirm', result(me));
  party.check('result', 'confirm', confirms, (from, hash) => equal(hash, result(from)));
  return { paillier: own.paillier, all };
}

/** Moduli of the right form, each of one party only and for one use only (attack list P1), and bases that are some (P3). */
function isAcceptable(
  from: PartyId,
  { n, ringN, s, t }: Reveal,
  reveals: Received<Reveal>,
  parameters: CggmpParameters,
): boolean {
  const others = [...reveals].filter(([id]) => id !== from).flatMap(([, other]) => [other.n, other.ringN]);
  if (n === ringN || others.includes(n) || others.includes(ringN)) return false;
  try {
    parsePaillierModulus(n, parameters);
    RingPedersen.parse(ringN, s, t, parameters);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function publicAuxiliaries(
  reveals: Received<Reveal>,
  parameters: CggmpParameters,
  me: PartyId,
  own: SecretAuxiliary,
): ReadonlyMap<PartyId, PublicAuxiliary> {
  return new Map(
    [...reveals].map(([id, { n, ringN, s, t }]) => [
      id,
      id === me
        ? { paillier: own.paillier.key, ring: own.ring.ring }
        : {
            paillier: PaillierKey.of(parsePaillierModulus(n, parameters)),
            ring: RingPedersen.parse(ringN, s, t, parameters),
          },
    ]),
  );
}

/** Everything that is revealed, and by whom. */
const hasher = (context: SessionContext, parameters: CggmpParameters) => {
  const { codec } = auxInfoMessages(parameters).reveal;
  return (prover: PartyId, reveal: Reveal): Uint8Array =>
    context.proof('aux-info/commitment', prover).absorb('reveal', codec.encode(reveal)).digest();
};
