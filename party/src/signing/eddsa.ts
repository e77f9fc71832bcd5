import { createPublicKey, verify } from 'node:crypto';

/**
 * Verify of RFC 8032 section 5.1.7 by OpenSSL: the code that most verifiers run, written by others than that which signs. False
 * for whatever is malformed.
 */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const x = Buffer.from(publicKey).toString('base64url');
  return verify(null, message, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature);
}
