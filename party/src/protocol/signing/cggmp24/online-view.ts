/**
 * Signing from a presignature, as every party sees it: how the presignature is re-randomised, and for which key.
 * Without the re-randomisation, additive derivation and presignatures together let signatures be forged (Groth-Shoup,
 * ePrint 2021/1330, sections 1.1.2 and 6; attack list D2, D4).
 */
import { type Curve, curves, type Scalar } from '../../curve/curve.ts';
import { checksOf, Shown } from '../../session/checks.ts';
import { entry } from '../../session/party.ts';
import { Transcript } from '../../session/transcript.ts';
import { equal } from '../../sharing/commitments.ts';
import { asScalar, type DataToSign } from '../data-to-sign.ts';
import type { EcdsaCurve } from '../ecdsa.ts';
import type { SigningKey } from '../signing-key.ts';
import { commitToSeed } from './offline.ts';
import type { OnlineMessages } from './online-messages.ts';
import { isPartialSignature } from './partial-signature.ts';
import type { PresignatureTerms, SharedNonce } from './presignature.ts';

/** The data that is signed, and the key that signs: all that a judge of the session needs to know about it. */
export interface OnlineFacts {
  readonly curve: EcdsaCurve;
  /** The signing key: the key of the presignature, or a key derived from it by adding a public offset. */
  readonly key: SigningKey;
  readonly data: Pick<DataToSign, 'digest'>;
}

export class OnlineView {
  readonly terms: PresignatureTerms;
  readonly curve: Curve;
  readonly shown = new Shown<OnlineMessages>();
  readonly #facts: OnlineFacts;
  #factor: Scalar | undefined;
  #nonce: SharedNonce | undefined;

  constructor(terms: PresignatureTerms, facts: OnlineFacts) {
    this.terms = terms;
    this.curve = curves[facts.curve];
    this.#facts = facts;
  }

  get offset(): Scalar {
    return this.#facts.key.tweak.offset;
  }

  get m(): Scalar {
    return asScalar(this.curve, this.#facts.data);
  }

  /** The factor f, which depends on everything that is about to be signed, and on the seed of every signer. */
  get factor(): Scalar {
    this.#factor ??= this.#rerandomisation();
    return this.#factor;
  }

  /** The nonce of the presignature, for the key plus an offset, and with f·Γ in place of Γ. */
  get nonce(): SharedNonce {
    this.#nonce ??= this.#bind();
    return this.#nonce;
  }

  #rerandomisation(): Scalar {
    const { curve } = this;
    const { id, key: parent, signers, nonce } = this.terms;
    const { key, data } = this.#facts;
    const seeds = this.shown.of('seed');
    const factor = curve.scalarFromUniformBytes(
      new Transcript('mpc/v1/cggmp24/rerandomise', id, signers)
        .absorb('nonce', curve.encodeForHash(nonce.Gamma))
        .absorb(
          'key',
          curve.encodeForHash(parent),
          curve.encodeForHash(key.point),
          curve.encodeScalar(key.tweak.offset),
        )
        .absorb('digest', data.digest)
        .absorb('seeds', ...signers.map(party => entry(seeds, party)))
        .bytes(curve.scalarBytes + 16),
    );
    if (factor === 0n) throw new Error('a factor of 0, which by chance never happens');
    return factor;
  }

  #bind(): SharedNonce {
    const { curve, offset } = this;
    const { Gamma, checks } = this.terms.nonce;
    // f and its inverse cancel: Delta and S are already the shares divided by f, times f·Γ
    const bound = [...checks].map(
      ([id, { Delta, S }]) => [id, { Delta, S: curve.addPoints(S, curve.multiplyPublic(Delta, offset)) }] as const,
    );
    return { Gamma: curve.multiplyPublic(Gamma, this.factor), checks: new Map(bound) };
  }
}

/** Returns the checks in the order in which they are made. */
export const onlineChecks = (view: OnlineView) => {
  const check = checksOf<OnlineMessages>();
  const { id, seedCommitments } = view.terms;
  return {
    seed: check('seed', 'seed', [], (from, revealed) =>
      equal(commitToSeed(id, from, revealed), seedCommitments.get(from)),
    ),
    partial: check('partial signature', 'partial', ['seed'], (from, sigma) =>
      isPartialSignature(view.curve, view.nonce, view.m, from, sigma),
    ),
  };
};
