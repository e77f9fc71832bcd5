/**
 * The checks of auxiliary information, which every party can make of what was shown: ePrint 2021/060 (2024), section
 * 5.1, figure 7.
 */
import { checksOf, Shown } from '../../session/checks.ts';
import { entry, type SessionContext } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import type { Transcript } from '../../session/transcript.ts';
import { equal, exclusiveOr } from '../../sharing/commitments.ts';
import { type AuxInfoMessages, auxInfoMessages, type Reveal } from './aux-info-messages.ts';
import { type PublicAuxiliary, publicAuxiliary } from './auxiliary.ts';
import type { CggmpParameters } from './parameters.ts';
import { fac } from './proofs/fac.ts';
import { mod } from './proofs/mod.ts';
import { prm } from './proofs/prm.ts';

/** One run of the protocol, as every party sees it. */
export class AuxInfoView {
  readonly shown = new Shown<AuxInfoMessages>();
  readonly parameters: CggmpParameters;
  readonly #context: SessionContext;
  /** The auxiliary information whose factors are known, by party: computing with the factors is faster. */
  readonly #known: ReadonlyMap<PartyId, PublicAuxiliary>;
  readonly #parsed = new WeakMap<Reveal, { readonly value: PublicAuxiliary | undefined }>();
  #all: ReadonlyMap<PartyId, PublicAuxiliary> | undefined;
  #rid: Uint8Array | undefined;

  constructor(
    context: SessionContext,
    parameters: CggmpParameters,
    known: ReadonlyMap<PartyId, PublicAuxiliary> = new Map(),
  ) {
    this.#context = context;
    this.parameters = parameters;
    this.#known = known;
  }

  /**
   * The auxiliary information that was revealed, by party.
   * @throws RangeError unless all of it is acceptable
   */
  get all(): ReadonlyMap<PartyId, PublicAuxiliary> {
    this.#all ??= new Map([...this.shown.of('reveal').keys()].map(id => [id, this.of(id) ?? unacceptable(id)]));
    return this.#all;
  }

  /** Returns the auxiliary information that a party has revealed; undefined if it is not acceptable. */
  of(party: PartyId): PublicAuxiliary | undefined {
    return this.#known.get(party) ?? this.parse(entry(this.shown.of('reveal'), party));
  }

  /**
   * Parses a reveal, once only: to tell whether a modulus is prime takes long. Returns undefined for what is not
   * acceptable.
   */
  parse(revealed: Reveal): PublicAuxiliary | undefined {
    const parsed = this.#parsed.get(revealed) ?? { value: parsedOrUndefined(revealed, this.parameters) };
    this.#parsed.set(revealed, parsed);
    return parsed.value;
  }

  /** Returns the hash of everything that is revealed, and of the party that reveals it. */
  hashReveal(prover: PartyId, reveal: Reveal): Uint8Array {
    const { codec } = auxInfoMessages(this.parameters).reveal;
    return this.#context.proof('aux-info/commitment', prover).absorb('reveal', codec.encode(reveal)).digest();
  }

  prmTranscript(prover: PartyId): Transcript {
    return this.#context.proof('aux-info/prm', prover);
  }

  modTranscript(prover: PartyId): Transcript {
    return this.#context.proof('aux-info/mod', prover).absorb('rid', this.#jointRid());
  }

  facTranscript(prover: PartyId, verifier: PartyId): Transcript {
    return this.#context.proof('aux-info/fac', prover, verifier).absorb('rid', this.#jointRid());
  }

  result(prover: PartyId): Uint8Array {
    const hashes = [...this.shown.of('reveal')].map(([id, revealed]) => this.hashReveal(id, revealed));
    return this.#context
      .proof('aux-info/result', prover)
      .absorb('reveals', ...hashes)
      .digest();
  }

  #jointRid(): Uint8Array {
    this.#rid ??= exclusiveOr([...this.shown.of('reveal').values()].map(({ rid }) => rid));
    return this.#rid;
  }
}

export type AuxInfoChecks = ReturnType<typeof auxInfoChecks>;

/** Returns the checks in the order in which they are made. */
export const auxInfoChecks = (view: AuxInfoView) => {
  const { shown, parameters } = view;
  const check = checksOf<AuxInfoMessages>();
  const revealed = ['commit', 'reveal'] as const;
  return {
    commitment: check('commitment', 'reveal', revealed, (from, reveal) =>
      equal(view.hashReveal(from, reveal), shown.of('commit').get(from)),
    ),
    parameters: check('parameters', 'reveal', revealed, (from, reveal) => isAcceptable(view, from, reveal)),
    prm: check('prm', 'reveal', revealed, (from, reveal) => {
      const prover = view.of(from);
      return prover !== undefined && prm(parameters).verify(view.prmTranscript(from), prover, reveal.prm);
    }),
    // who has been shown something that is not acceptable ends the session, and proves nothing
    mod: check('mod', 'prove', revealed, (from, proofs) => {
      const n = view.of(from)?.paillier.modulus;
      return n !== undefined && mod(parameters).verify(view.modTranscript(from), { n }, proofs.mod);
    }),
    fac: check('fac', 'prove', revealed, (from, proofs, to) => {
      const [n, ring] = [view.of(from)?.paillier.modulus, view.of(to)?.ring];
      const transcript = view.facTranscript(from, to);
      return n !== undefined && ring !== undefined && fac(parameters).verify(transcript, { n, ring }, proofs.fac);
    }),
    result: check('result', 'confirm', revealed, (from, hash) => equal(hash, view.result(from))),
  };
};

/**
 * Whether the moduli have the right form and each belongs to one party and one use only (attack list P1), and whether
 * the bases are acceptable (P3).
 */
function isAcceptable(view: AuxInfoView, from: PartyId, revealed: Reveal): boolean {
  const { n, ringN } = revealed;
  const others = [...view.shown.of('reveal')]
    .filter(([id]) => id !== from)
    .flatMap(([, other]) => [other.n, other.ringN]);
  if (n === ringN || others.includes(n) || others.includes(ringN)) return false;
  return view.parse(revealed) !== undefined;
}

function parsedOrUndefined(revealed: Reveal, parameters: CggmpParameters): PublicAuxiliary | undefined {
  try {
    return publicAuxiliary(revealed, parameters);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function unacceptable(party: PartyId): never {
  throw new RangeError(`what party ${party} has revealed is not acceptable`);
}
