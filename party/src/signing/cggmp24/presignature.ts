import type { Point, Scalar } from '../../curve/curve.ts';
import { Secret } from '../../secret.ts';
import type { PartyId } from '../../session/errors.ts';

/** One signer's part of a signature that lacks only its message. */
export interface Presigned {
  /** Γ: the nonce point of the signature. */
  readonly Gamma: Point;
  /** The signer's share of k, divided by δ. */
  readonly k: Scalar;
  /** The signer's share of k·x, divided by δ. */
  readonly chi: Scalar;
  /** What the partial signature of each signer is held against: its shares of k and k·x, divided by δ, times Γ. */
  readonly checks: ReadonlyMap<PartyId, { readonly Delta: Point; readonly S: Point }>;
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
}

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
