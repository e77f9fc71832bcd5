import { createPrivateKey, createPublicKey, generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { curves } from '../curve/curve.ts';
import { Secret } from '../secret.ts';
import type { Signer } from '../session/signer.ts';

const SEED_BYTES = 32;
/**
 * A private key in PKCS #8 (RFC 8410, section 7) is this prefix and the seed. A public key in SPKI ends with the key.
 */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

declare const identityBrand: unique symbol;
/** A valid Ed25519 public key: 32 bytes, canonical, of the prime-order group. */
export type PublicIdentity = Uint8Array & { readonly [identityBrand]: never };

/**
 * Returns the public identity of a party from its bytes, or their hex.
 * @throws EncodingError if the bytes are no key that a party could have
 */
export function parsePublicIdentity(key: Uint8Array | string): PublicIdentity {
  const bytes = typeof key === 'string' ? Uint8Array.from(Buffer.from(key, 'hex')) : key;
  curves.ed25519.decodePoint(bytes);
  // The decoding is the check that the brand stands for.
  return bytes as PublicIdentity;
}

/** The fingerprint, which people compare and note down: SHA-256 of the public key, in hex. */
export const fingerprint = (key: PublicIdentity): string => hash('sha256', key);

/**
 * The identity of this party: an Ed25519 key (RFC 8032), made here and sealed by the HSM. The fingerprint is all of it
 * that is printed.
 */
export class Identity implements Signer {
  readonly publicKey: PublicIdentity;
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = key;
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
    this.publicKey = parsePublicIdentity(Uint8Array.from(spki.subarray(-SEED_BYTES)));
  }

  static create(): Identity {
    return new Identity(generateKeyPairSync('ed25519').privateKey);
  }

  /** Returns the identity of a seed. The seed stays the caller's. */
  static fromSeed(seed: Secret<Uint8Array>): Identity {
    const bytes = seed.expose();
    if (bytes.length !== SEED_BYTES)
      throw new RangeError(`the seed of an identity has ${SEED_BYTES} bytes, not ${bytes.length}`);
    using pkcs8 = new Secret(Buffer.concat([PKCS8_PREFIX, bytes]));
    return new Identity(createPrivateKey({ key: pkcs8.expose(), format: 'der', type: 'pkcs8' }));
  }

  /** Returns the secret to seal: 32 bytes from which `fromSeed` makes this identity again. */
  seed(): Secret<Uint8Array> {
    const pkcs8 = this.#key.export({ format: 'der', type: 'pkcs8' });
    const seed = Uint8Array.from(pkcs8.subarray(-SEED_BYTES));
    pkcs8.fill(0);
    return new Secret(seed);
  }

  get fingerprint(): string {
    return fingerprint(this.publicKey);
  }

  sign(bytes: Uint8Array): Uint8Array {
    return sign(null, bytes, this.#key);
  }
}
