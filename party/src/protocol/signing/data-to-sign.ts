/**
 * What is signed. A digest whose preimage somebody else knows, or chose, must never meet a presignature: with additive key derivation
 * it lets signatures be forged (Groth-Shoup, ePrint 2021/1330, section 1.1.2; attack list D2, D3). So there are two types, and what
 * signs from a presignature takes only the one that is made of the message itself.
 */
import { hash } from 'node:crypto';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { Curve, Scalar } from '../curve/curve.ts';

/** How a message becomes a digest: SHA-256, twice for Bitcoin, Keccak-256 for Ethereum. */
export type DigestName = 'sha256' | 'sha256d' | 'keccak256';

const sha256 = (message: Uint8Array): Uint8Array => new Uint8Array(hash('sha256', message, 'buffer'));

const digests: { readonly [name in DigestName]: (message: Uint8Array) => Uint8Array } = {
  sha256,
  sha256d: message => sha256(sha256(message)),
  keccak256: keccak_256,
};

declare const fromMessage: unique symbol;

/** A digest of a message that this party has seen itself. */
export class DataToSign {
  declare readonly [fromMessage]: never;
  /** 32 bytes. */
  readonly digest: Uint8Array;

  private constructor(digest: Uint8Array) {
    this.digest = digest;
  }

  static of(message: Uint8Array, digest: DigestName): DataToSign {
    return new DataToSign(digests[digest](message));
  }
}

/** A digest of nobody knows what. Only interactive signing takes it, and only where the key's policy allows it. */
export class Prehashed {
  /** 32 bytes. */
  readonly digest: Uint8Array;

  /** @throws RangeError for another length */
  constructor(digest: Uint8Array) {
    if (digest.length !== 32) throw new RangeError(`a digest of ${digest.length} bytes where 32 belong`);
    this.digest = digest;
  }
}

/** What is signed: the message and how it becomes a digest, or a digest of nobody knows what. */
export type PlainData =
  | { readonly message: Uint8Array; readonly digest: DigestName }
  | { readonly prehashed: Uint8Array };

export const dataOf = (data: PlainData): DataToSign | Prehashed =>
  'prehashed' in data ? new Prehashed(data.prehashed) : DataToSign.of(data.message, data.digest);

/** The digest as an integer modulo the order: bits2int of RFC 6979 for curves of 256 bits. */
export const asScalar = (curve: Curve, { digest }: DataToSign | Prehashed): Scalar =>
  curve.scalar(bytesToNumberBE(digest));
