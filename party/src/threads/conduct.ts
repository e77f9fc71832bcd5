/** The thread that computes: what each task of it is in terms of the protocols. */
import type { SecurityLevel } from '@mpc-operator/crds/control';
import { curves } from '../curve/curve.ts';
import { Secret } from '../secret.ts';
import type { PartyId } from '../session/errors.ts';
import { runSession, type SessionOptions, type SessionOutcome } from '../session/session.ts';
import { groupKey, type KeyShare, keyShare } from '../sharing/sharing.ts';
import { auxInfo, auxInfoMessages } from '../signing/cggmp24/aux-info.ts';
import { type Auxiliary, auxiliaryHash } from '../signing/cggmp24/auxiliary.ts';
import { decodeAuxiliary, encodeAuxiliary, primesLayout } from '../signing/cggmp24/auxiliary-record.ts';
import { interactiveMessages, signInteractively } from '../signing/cggmp24/interactive.ts';
import { offlineMessages, presignForLater } from '../signing/cggmp24/offline.ts';
import { PaillierSecretKey } from '../signing/cggmp24/paillier/paillier.ts';
import { RingPedersen } from '../signing/cggmp24/paillier/ring-pedersen.ts';
import type { CggmpParameters } from '../signing/cggmp24/parameters.ts';
import { DataToSign, Prehashed } from '../signing/data-to-sign.ts';
import { compactForm, ecdsaCurve } from '../signing/ecdsa.ts';
import { untweaked } from '../signing/signing-key.ts';
import { dismantle } from './plain-presignature.ts';
import type { Input, Job, Output, PlainAuxiliary, PlainData, PlainShare } from './tasks.ts';

export type ParametersOf = (level: SecurityLevel) => CggmpParameters;

/** So many generations of auxiliary information are in use at once: the old one, and the one that takes its place. */
const GENERATIONS = 2;

export class Conductor {
  readonly #parametersOf: ParametersOf;
  /** By generation: keys are made of a record once, for OpenSSL tests every modulus. */
  readonly #auxiliaries = new Map<number, Auxiliary>();

  constructor(parametersOf: ParametersOf) {
    this.#parametersOf = parametersOf;
  }

  conduct<J extends Job>(job: J, input: Input<J>, options: SessionOptions): Promise<SessionOutcome<Output<J>>> {
    return this.#tasks[job](input, options);
  }

  readonly #tasks: { [J in Job]: (input: Input<J>, options: SessionOptions) => Promise<SessionOutcome<Output<J>>> } = {
    'aux-info': async ({ level, primes: encoded }, options) => {
      const parameters = this.#parametersOf(level);
      const primes = primesLayout(parameters).decode(encoded);
      encoded.fill(0);
      const { p, q, ringP, ringQ } = primes;
      const own = {
        paillier: new PaillierSecretKey(p, q, parameters),
        ring: RingPedersen.generate(ringP, ringQ, parameters),
      };
      const outcome = await runSession(options, auxInfoMessages(parameters), party => auxInfo(party, own, parameters));
      const record = encodeAuxiliary(outcome.result, primes, parameters);
      return { ...outcome, result: { record, values: auxiliaryHash(outcome.result.all) } };
    },

    interactive: async ({ auxiliary, share: plain, data: asked }, options) => {
      const input = this.#presignInput(auxiliary, plain, options.me);
      using _ = input.share.secret;
      const { curve, messages } = this.#forSigners(input, options);
      const data = dataOf(asked);
      const outcome = await runSession(options, interactiveMessages(...messages), party =>
        signInteractively(party, input, data),
      );
      const signature = compactForm(ecdsaCurve(curve.name), outcome.result);
      return { ...outcome, result: { signature, recoveryId: outcome.result.recoveryId } };
    },

    presign: async ({ auxiliary, share: plain }, options) => {
      const input = this.#presignInput(auxiliary, plain, options.me);
      using _ = input.share.secret;
      const { curve, messages } = this.#forSigners(input, options);
      const outcome = await runSession(options, offlineMessages(...messages), party => presignForLater(party, input));
      return { ...outcome, result: dismantle(curve.name, outcome.result) };
    },
  };

  #presignInput({ generation, level, record }: PlainAuxiliary, plain: PlainShare, me: PartyId) {
    const parameters = this.#parametersOf(level);
    const share = shareOf(plain);
    const auxiliary = this.#auxiliary(generation, record, me, parameters);
    const key = untweaked(curves[share.sharing.curve], groupKey(share.sharing));
    return { parameters, auxiliary, share, key };
  }

  #forSigners({ parameters, share }: { parameters: CggmpParameters; share: KeyShare }, options: SessionOptions) {
    const curve = curves[share.sharing.curve];
    const messages = [parameters, curve, options.parameters.members.length] as const;
    return { curve, messages };
  }

  #auxiliary(generation: number, record: Uint8Array | undefined, me: PartyId, parameters: CggmpParameters): Auxiliary {
    const known = this.#auxiliaries.get(generation);
    if (known !== undefined) return known;
    if (record === undefined) throw new Error(`auxiliary information ${generation} is not in this thread`);
    const auxiliary = decodeAuxiliary(record, me, parameters);
    record.fill(0);
    this.#auxiliaries.set(generation, auxiliary);
    for (const old of [...this.#auxiliaries.keys()].sort((a, b) => b - a).slice(GENERATIONS))
      this.#auxiliaries.delete(old);
    return auxiliary;
  }
}

function shareOf({ curve: name, threshold, parties, commitments, party, secret }: PlainShare): KeyShare {
  const curve = curves[name];
  const sharing = { curve: name, threshold, parties, commitments: commitments.map(bytes => curve.decodePoint(bytes)) };
  using wiped = new Secret(secret);
  return keyShare(sharing, party, curve.decodeScalar(wiped.expose()));
}

const dataOf = (data: PlainData): DataToSign | Prehashed =>
  'prehashed' in data ? new Prehashed(data.prehashed) : DataToSign.of(data.message, data.digest);
