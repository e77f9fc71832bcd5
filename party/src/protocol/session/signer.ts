import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** A party's identity: the Ed25519 key that its peers have pinned. Its private half is sealed by the party's HSM. */
export interface Signer {
  /** 32 bytes, RFC 8032. */
  readonly publicKey: Uint8Array;
  /** Returns the Ed25519 signature of `bytes`, 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** The key objects of OpenSSL, kept because making one costs a quarter of a verification and identities live long. */
const keys = new WeakMap<Uint8Array, KeyObject>();

/** Whether an Ed25519 signature holds. False too for a public key or a signature of a wrong length. */
export function verifySignature(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  let key = keys.get(publicKey);
  if (key === undefined) {
    const x = Buffer.from(publicKey).toString('base64url');
    key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    keys.set(publicKey, key);
  }
  return verify(null, bytes, key, signature);
}
