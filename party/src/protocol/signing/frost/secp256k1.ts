/** The common part of the suites over secp256k1 and SHA-256: RFC 9591 section 6.5. */
import { hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { curves, type Scalar } from '../../curve/curve.ts';
import { type CipherSuite, prefixedHash } from './suite.ts';

const curve = curves.secp256k1;

/** hash_to_field of RFC 9380 section 5.2 with expand_message_xmd, to one scalar. */
export function hashToScalar(domain: string, input: Uint8Array): Scalar {
  const [[n] = []] = hash_to_field(input, 1, {
    p: curve.order,
    m: 1,
    k: 128,
    expand: 'xmd',
    hash: sha256,
    DST: domain,
  });
  if (n === undefined) throw new TypeError('hash_to_field gave no element');
  return curve.scalar(n);
}

/** Returns a suite under a context string, without the challenge and the form of the signature. */
export const secp256k1Sha256 = (name: string): Pick<CipherSuite, 'name' | 'curve' | 'h1' | 'h3' | 'h4' | 'h5'> => ({
  name,
  curve,
  h1: input => hashToScalar(`${name}rho`, input),
  h3: input => hashToScalar(`${name}nonce`, input),
  h4: prefixedHash(sha256, name, 'msg'),
  h5: prefixedHash(sha256, name, 'com'),
});
