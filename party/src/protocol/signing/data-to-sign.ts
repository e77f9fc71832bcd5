/**
 * The data that is signed. A digest that somebody else chose, or whose preimage only somebody else knows, must never be
 * signed from a presignature: together with additive key derivation, such a digest lets signatures be forged
 * (Groth-Shoup, ePrint 2021/1330, section 1.1.2; attack list D2, D3). There are therefore two types, and signing from a
 * presignature takes only `DataToSign`, which is made from the message itself.
 */
import { hash } from 'node:crypto';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { Curve, Scalar } from '../curve/curve.ts';

/** The hash that makes a digest of a message: SHA-256, SHA-256 twice (for Bitcoin), or Keccak-256 (for Ethereum). */
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

/**
 * A bare digest, whose message this party has not seen. Only interactive signing takes a bare digest, and only where
 * the policy of the key allows it.
 */
export class Prehashed {
  /** 32 bytes. */
  readonly digest: Uint8Array;

  /** @throws RangeError if the digest is not 32 bytes long */
  constructor(digest: Uint8Array) {
    if (digest.length !== 32) throw new RangeError(`a digest of ${digest.length} bytes where 32 belong`);
    this.digest = digest;
  }
}

/** The data to sign, as plain values: a message with the name of its hash, or a bare digest. */
export type PlainData =
  | { readonly message: Uint8Array; readonly digest: DigestName }
  | { readonly prehashed: Uint8Array };

export const dataOf = (data: PlainData): DataToSign | Prehashed =>
  'prehashed' in data ? new Prehashed(data.prehashed) : DataToSign.of(data.message, data.digest);

/** The digest as an integer modulo the order: bits2int of RFC 6979 for curves of 256 bits. */
export const asScalar = (curve: Curve, { digest }: DataToSign | Prehashed): Scalar =>
  curve.scalar(bytesToNumberBE(digest));
