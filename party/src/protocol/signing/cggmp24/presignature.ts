import type { Curve, Point, Scalar } from '../../curve/curve.ts';
import { Secret } from '../../secret.ts';
import { entry } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { taggedHash } from '../../session/transcript.ts';

/** A nonce that the signers share, as every signer sees it. */
export interface SharedNonce {
  /** Γ: the nonce point of the signature. */
  readonly Gamma: Point;
  /**
   * The points against which the partial signature of each signer is checked: the signer's shares of k and k·x, divided
   * by δ, times Γ.
   */
  readonly checks: ReadonlyMap<PartyId, { readonly Delta: Point; readonly S: Point }>;
}

/** One signer's part of a signature that lacks only its message. */
export interface Presigned extends SharedNonce {
  /** The signer's share of k, divided by δ. */
  readonly k: Scalar;
  /** The signer's share of k·x, divided by δ. */
  readonly chi: Scalar;
}

/** The public values of a presignature, which all its signers know. */
export interface PresignatureTerms {
  /** The id of the session that made the presignature. No other presignature has the same. 32 bytes. */
  readonly id: Uint8Array;
  /** The signing key when the presignature was made, before any derivation. */
  readonly key: Point;
  /** Ascending. */
  readonly signers: readonly PartyId[];
  /** Commitments of all signers to their seeds. 32 bytes each. */
  readonly seedCommitments: ReadonlyMap<PartyId, Uint8Array>;
  readonly nonce: SharedNonce;
}

/**
 * Returns the hash of the public values of a presignature. 32 bytes. A session that signs from the presignature names
 * this hash in its context, so that all signers mean the same presignature and evidence about the session is bound to
 * it.
 */
export const presignatureHash = (
  curve: Curve,
  { id, key, signers, seedCommitments, nonce }: PresignatureTerms,
): Uint8Array =>
  taggedHash(
    'mpc/v1/cggmp24/presignature',
    id,
    curve.encodeForHash(key),
    curve.encodeForHash(nonce.Gamma),
    signers.map(party => {
      const { Delta, S } = entry(nonce.checks, party);
      return [party, entry(seedCommitments, party), curve.encodeForHash(Delta), curve.encodeForHash(S)];
    }),
  );

/**
 * A signer's part of a presignature. Two signatures from one presignature give the key away (attack list D1). The
 * secret part can therefore be taken only once, and cannot be copied or written down: it is private to the instance,
 * and structured clone and JSON leave it out.
 */
export class Presignature {
  readonly terms: PresignatureTerms;
  #taken: { readonly presigned: Secret<Presigned>; readonly seed: Secret<Uint8Array> } | undefined;

  constructor(terms: PresignatureTerms, presigned: Presigned, seed: Uint8Array) {
    this.terms = terms;
    this.#taken = { presigned: new Secret(presigned), seed: new Secret(seed) };
  }

  /**
   * Returns the secret part and lets go of it.
   * @throws Error the second time
   */
  take(): { readonly presigned: Presigned; readonly seed: Uint8Array } {
    if (this.#taken === undefined) throw new Error('a presignature is used a second time');
    const { presigned, seed } = this.#taken;
    this.#taken = undefined;
    return { presigned: presigned.expose(), seed: seed.expose() };
  }

  [Symbol.dispose](): void {
    this.#taken?.presigned.wipe();
    this.#taken?.seed.wipe();
    this.#taken = undefined;
  }
}
