/** The keys of BIP-340 and BIP-341: x-only, with even y, and tweaked. */
import { schnorr } from '@noble/curves/secp256k1.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { curves, type Point, type Scalar } from '../curve/curve.ts';
import type { SigningKey } from './signing-key.ts';

const curve = curves.secp256k1;

/** bytes(P) of BIP-340: the x-coordinate, 32 bytes. */
export const xOnly = (p: Point): Uint8Array => curve.encodePoint(p).subarray(1);

/** has_even_y of BIP-340. */
export const hasEvenY = (p: Point): boolean => curve.encodePoint(p)[0] === 2;

/** hash_tag of BIP-340. 32 bytes. */
export function bip340Hash(tag: string, ...parts: Uint8Array[]): Uint8Array {
  const tagHash = sha256(utf8ToBytes(tag));
  return sha256(concatBytes(tagHash, tagHash, ...parts));
}

/** lift_x of BIP-340: an x-only key stands for the point with even y. */
export function evenY(groupKey: Point): SigningKey {
  const negate = !hasEvenY(groupKey);
  return {
    point: negate ? curve.negatePoint(groupKey) : groupKey,
    tweak: { negate, offset: curve.scalar(0n) },
  };
}

/**
 * Returns the output key Q = lift_x(P) + int(hash_TapTweak(bytes(P)))·G of the internal key P, made even for signing.
 * Such an output is spent by key only, with no script (BIP-341, "Constructing and spending Taproot outputs",
 * taproot_tweak_seckey with no h).
 * @throws EncodingError where by BIP-341 the key fails, once in 2^127
 */
export function outputKey(internalKey: Point): SigningKey {
  const { point: lifted, tweak } = evenY(internalKey);
  const offset = tapTweak(internalKey);
  const output = curve.addPoints(lifted, curve.multiplyPublic(curve.base, offset));
  if (hasEvenY(output)) return { point: output, tweak: { negate: tweak.negate, offset } };
  return {
    point: curve.negatePoint(output),
    tweak: { negate: !tweak.negate, offset: curve.negateScalar(offset) },
  };
}

const tapTweak = (internal: Point): Scalar => curve.decodeScalar(bip340Hash('TapTweak', xOnly(internal)));

/** Verify of BIP-340, for messages of any length. Returns false for malformed input. */
export function verifyBip340(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  return schnorr.verify(signature, message, publicKey);
}
