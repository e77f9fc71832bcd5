import { createPublicKey, verify } from 'node:crypto';
import { numberToBytesBE } from '@noble/curves/utils.js';
import { curves, type Point } from '../../../curve/curve.ts';
import type { EcdsaSignature } from '../../ecdsa.ts';

/** Whether OpenSSL accepts the signature of a message, hashed with SHA-256, by a key on secp256k1. */
export function opensslVerifies(key: Point, message: Uint8Array, { r, s }: EcdsaSignature): boolean {
  const algorithm = '301006072a8648ce3d020106052b8104000a';
  const point = curves.secp256k1.encodePoint(key);
  const der = Buffer.concat([Buffer.from(`3036${algorithm}032200`, 'hex'), point]);
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const signature = Buffer.concat([numberToBytesBE(r, 32), numberToBytesBE(s, 32)]);
  return verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}
