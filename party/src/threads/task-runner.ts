/** Runs the tasks of the thread that computes, each as a session of its protocol. */
import { curves } from '../protocol/curve/curve.ts';
import type { Levels } from '../protocol/evidence/public-checks.ts';
import { noStatement, presigningStatement, type Statement } from '../protocol/evidence/statement.ts';
import { withEvidence } from '../protocol/evidence/with-evidence.ts';
import { Secret } from '../protocol/secret.ts';
import type { Messages } from '../protocol/session/messages.ts';
import type { Party } from '../protocol/session/party.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { runSession, type SessionOptions, type SessionOutcome } from '../protocol/session/session.ts';
import { groupKey, type KeyShare, keyShare } from '../protocol/sharing/sharing.ts';
import { auxInfo } from '../protocol/signing/cggmp24/aux-info.ts';
import { auxInfoMessages } from '../protocol/signing/cggmp24/aux-info-messages.ts';
import { type Auxiliary, auxiliaryHash } from '../protocol/signing/cggmp24/auxiliary.ts';
import { decodeAuxiliary, encodeAuxiliary, primesLayout } from '../protocol/signing/cggmp24/auxiliary-record.ts';
import { interactiveMessages, signInteractively } from '../protocol/signing/cggmp24/interactive.ts';
import { offlineMessages, presignForLater } from '../protocol/signing/cggmp24/offline.ts';
import { PaillierSecretKey } from '../protocol/signing/cggmp24/paillier/paillier.ts';
import { RingPedersen } from '../protocol/signing/cggmp24/paillier/ring-pedersen.ts';
import type { CggmpParameters } from '../protocol/signing/cggmp24/parameters.ts';
import { type PresignInput, presignFacts } from '../protocol/signing/cggmp24/presign-steps.ts';
import { dataOf } from '../protocol/signing/data-to-sign.ts';
import { compactForm, ecdsaCurve } from '../protocol/signing/ecdsa.ts';
import { untweaked } from '../protocol/signing/signing-key.ts';
import type { ToPrepare } from './messages.ts';
import { dismantle } from './plain-presignature.ts';
import type { Input, Output, PlainAuxiliary, PlainShare, Task } from './tasks.ts';

/** Auxiliary information in the form that sessions use, with the hash by which parties agree on it. */
interface Prepared {
  readonly auxiliary: Auxiliary;
  readonly hash: Uint8Array;
}

export class TaskRunner {
  readonly #levels: Levels;
  /**
   * The auxiliary information of each generation. Its keys are made of a record only once, for OpenSSL tests every
   * modulus.
   */
  readonly #auxiliaries = new Map<number, Prepared>();

  constructor(levels: Levels) {
    this.#levels = levels;
  }

  /**
   * Runs a task.
   * @throws what `runSession` throws; Misbehaviour comes with evidence
   */
  run<J extends Task>(task: J, input: Input<J>, options: SessionOptions): Promise<SessionOutcome<Output<J>>> {
    return this.#tasks[task](input, options);
  }

  /** Makes the keys of auxiliary information before a session needs them: at 128 bits that takes a second. */
  prepare({ me, auxiliary }: ToPrepare): void {
    this.#auxiliary(auxiliary, me, this.#levels[auxiliary.level]);
  }

  /** Forgets the generations below this one, as far as JavaScript lets anything go. */
  forget(below: number): void {
    for (const generation of this.#auxiliaries.keys()) if (generation < below) this.#auxiliaries.delete(generation);
  }

  readonly #tasks: { [J in Task]: (input: Input<J>, options: SessionOptions) => Promise<SessionOutcome<Output<J>>> } = {
    'aux-info': async ({ level, primes: encoded }, options) => {
      const parameters = this.#levels[level];
      const primes = primesLayout(parameters).decode(encoded);
      encoded.fill(0);
      const { p, q, ringP, ringQ } = primes;
      const own = {
        paillier: new PaillierSecretKey(p, q, parameters),
        ring: RingPedersen.generate(ringP, ringQ, parameters),
      };
      const outcome = await this.#runWithEvidence(
        options,
        () => noStatement,
        auxInfoMessages(parameters),
        party => auxInfo(party, own, parameters),
      );
      const record = encodeAuxiliary(outcome.result, primes, parameters);
      return { ...outcome, result: { record, values: auxiliaryHash(outcome.result.all) } };
    },

    interactive: async ({ auxiliary, share: plain, data: asked }, options) => {
      const input = this.#presignInput(auxiliary, plain, options);
      using _ = input.share.secret;
      const { curve, messages, statement } = forSigners(input, options);
      const data = dataOf(asked);
      const outcome = await this.#runWithEvidence(options, statement, interactiveMessages(...messages), party =>
        signInteractively(party, input, data),
      );
      const signature = compactForm(ecdsaCurve(curve.name), outcome.result);
      return { ...outcome, result: { signature, recoveryId: outcome.result.recoveryId } };
    },

    presign: async ({ auxiliary, share: plain }, options) => {
      const input = this.#presignInput(auxiliary, plain, options);
      using _ = input.share.secret;
      const { curve, messages, statement } = forSigners(input, options);
      const outcome = await this.#runWithEvidence(options, statement, offlineMessages(...messages), party =>
        presignForLater(party, input),
      );
      return { ...outcome, result: dismantle(curve.name, outcome.result) };
    },
  };

  #runWithEvidence<M extends Messages, T>(
    options: SessionOptions,
    statement: () => Statement,
    messages: M,
    protocol: (party: Party<M>) => Promise<T>,
  ): Promise<SessionOutcome<T>> {
    return withEvidence(options, statement, () => runSession(options, messages, protocol), this.#levels);
  }

  #presignInput(plain: PlainAuxiliary, sentShare: PlainShare, options: SessionOptions): PresignInput {
    const parameters = this.#levels[plain.level];
    const { auxiliary, hash } = this.#auxiliary(plain, options.me, parameters);
    // this thread uses only the auxiliary information that all signers have agreed on
    const agreed = options.parameters.extras.auxiliary;
    if (!(agreed instanceof Uint8Array) || !Buffer.from(hash).equals(agreed))
      throw new Error(`auxiliary information ${plain.generation} is not the certified one`);
    const share = shareOf(sentShare);
    const key = untweaked(curves[share.sharing.curve], groupKey(share.sharing));
    return { parameters, auxiliary, share, key };
  }

  #auxiliary({ generation, record }: PlainAuxiliary, me: PartyId, parameters: CggmpParameters): Prepared {
    try {
      const known = this.#auxiliaries.get(generation);
      if (known !== undefined) return known;
      if (record === undefined) throw new Error(`auxiliary information ${generation} is not in this thread`);
      const auxiliary = decodeAuxiliary(record, me, parameters);
      const prepared = { auxiliary, hash: auxiliaryHash(auxiliary.all) };
      this.#auxiliaries.set(generation, prepared);
      return prepared;
    } finally {
      record?.fill(0);
    }
  }
}

function forSigners(input: PresignInput, { parameters: { members } }: SessionOptions) {
  const curve = curves[input.share.sharing.curve];
  const messages = [input.parameters, curve, members.length] as const;
  return { curve, messages, statement: () => presigningStatement(presignFacts(input)) };
}

function shareOf({ curve: name, threshold, parties, commitments, party, secret }: PlainShare): KeyShare {
  const curve = curves[name];
  const sharing = { curve: name, threshold, parties, commitments: commitments.map(bytes => curve.decodePoint(bytes)) };
  using wiped = new Secret(secret);
  return keyShare(sharing, party, curve.decodeScalar(wiped.expose()));
}
