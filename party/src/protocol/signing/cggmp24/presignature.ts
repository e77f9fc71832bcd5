import type { Curve, Point, Scalar } from '../../curve/curve.ts';
import { Secret } from '../../secret.ts';
import { entry } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { taggedHash } from '../../session/transcript.ts';

/** A nonce that signers share, as all of them see it. */
export interface SharedNonce {
  /** Γ: the nonce point of the signature. */
  readonly Gamma: Point;
  /** What the partial signature of each signer is held against: its shares of k and k·x, divided by δ, times Γ. */
  readonly checks: ReadonlyMap<PartyId, { readonly Delta: Point; readonly S: Point }>;
}

/** One signer's part of a signature that lacks only its message. */
export interface Presigned extends SharedNonce {
  /** The signer's share of k, divided by δ. */
  readonly k: Scalar;
  /** The signer's share of k·x, divided by δ. */
  readonly chi: Scalar;
}

/** What a presignature is for, and what all its signers know of it. */
export interface PresignatureTerms {
  /** Of the session that made it: no other has it. 32 bytes. */
  readonly id: Uint8Array;
  /** The key as it was then, before any derivation. */
  readonly key: Point;
  /** Ascending. */
  readonly signers: readonly PartyId[];
  /** Commitments of all signers to their seeds. 32 bytes each. */
  readonly seedCommitments: ReadonlyMap<PartyId, Uint8Array>;
  readonly nonce: SharedNonce;
}

/**
 * What a session that signs from a presignature names in its context, so that all its signers mean the same one, and evidence about the
 * session is bound to it. 32 bytes.
 */
export const presignatureHash = (
  curve: Curve,
  { id, key, signers, seedCommitments, nonce }: PresignatureTerms,
): Uint8Array =>
  taggedHash(
    'mpc/v1/cggmp24/presignature',
    id,
    curve.encodePoint(key),
    curve.encodePoint(nonce.Gamma),
    signers.map(party => {
      const { Delta, S } = entry(nonce.checks, party);
      return [party, entry(seedCommitments, party), curve.encodePoint(Delta), curve.encodePoint(S)];
    }),
  );

/**
 * A signer's part of a presignature. Two signatures from one give the key away (attack list D1), so it comes out once only, and cannot
 * be copied or written down: it is private to the instance, which structured clone and JSON leave out.
 */
export class Presignature {
  readonly terms: PresignatureTerms;
  #taken: { readonly presigned: Secret<Presigned>; readonly seed: Secret<Uint8Array> } | undefined;

  constructor(terms: PresignatureTerms, presigned: Presigned, seed: Uint8Array) {
    this.terms = terms;
    this.#taken = { presigned: new Secret(presigned), seed: new Secret(seed) };
  }

  /** What there is, and lets go of it. @throws Error the second time */
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
