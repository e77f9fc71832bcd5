/** FROST(Ed25519, SHA-512), RFC 9591 section 6.1. Its signatures are those of RFC 8032. */
import { bytesToNumberLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { curves, type Scalar } from '../../curve/curve.ts';
import { type CipherSuite, prefixedHash } from './suite.ts';

const curve = curves.ed25519;
const name = 'FROST-ED25519-SHA512-v1';

const reduce = (digest: Uint8Array): Scalar => curve.scalar(bytesToNumberLE(digest));
const hash = (use: string) => prefixedHash(sha512, name, use);
const rho = hash('rho');
const nonce = hash('nonce');

export const ed25519Sha512: CipherSuite = {
  name,
  curve,
  h1: input => reduce(rho(input)),
  h3: input => reduce(nonce(input)),
  h4: hash('msg'),
  h5: hash('com'),
  // H2 has no prefix, to be compatible with RFC 8032
  challenge: (groupCommitment, key, message) =>
    reduce(sha512(concatBytes(curve.encodePoint(groupCommitment), curve.encodePoint(key), message))),
  negatesNonces: () => false,
  encodeSignature: (groupCommitment, z) => concatBytes(curve.encodePoint(groupCommitment), curve.encodeScalar(z)),
};
