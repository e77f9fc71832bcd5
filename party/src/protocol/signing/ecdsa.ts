/**
 * ECDSA signatures, and the encodings of them that blockchains and certificates use. SEC 1 version 2.0, sections 4.1
 * and C.8.
 */
import { p256 } from '@noble/curves/nist.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { type Curve, type CurveName, curves, type Point, type Scalar } from '../curve/curve.ts';

export type EcdsaCurve = Exclude<CurveName, 'ed25519'>;

export interface EcdsaSignature {
  readonly r: Scalar;
  /** At most half of the order: the lower of the two valid values ±s, which wallets and Bitcoin accept. */
  readonly s: Scalar;
  /**
   * The number by which the public key is recovered from the signature. Bit 0: the nonce point has an odd y. Bit 1: the
   * x of the nonce point is not below the order.
   */
  readonly recoveryId: number;
}

/** @throws RangeError for a curve on which there is no ECDSA */
export function ecdsaCurve(name: CurveName): EcdsaCurve {
  if (name === 'ed25519') throw new RangeError('there is no ECDSA on ed25519');
  return name;
}

const noble = { secp256k1, p256 } as const;

/** Returns the signature with this nonce point and the lower of ±s (attack list D10). */
export function ecdsaSignature(curve: Curve, nonce: Point, s: Scalar): EcdsaSignature {
  const isHigh = s > curve.order / 2n;
  const isOdd = curve.encodePoint(nonce)[0] === 3;
  return {
    r: xModuloOrder(curve, nonce),
    s: isHigh ? curve.negateScalar(s) : s,
    recoveryId: (isOdd === isHigh ? 0 : 1) + (xCoordinate(curve, nonce) < curve.order ? 0 : 2),
  };
}

/** Returns r of a signature with this nonce point. */
export const xModuloOrder = (curve: Curve, p: Point): Scalar => curve.scalar(xCoordinate(curve, p));

const xCoordinate = (curve: Curve, p: Point): bigint => bytesToNumberBE(curve.encodePoint(p).subarray(1));

/** Returns r and s, 32 bytes each, big-endian. */
export const compactForm = (curve: EcdsaCurve, signature: EcdsaSignature): Uint8Array =>
  nobleSignature(curve, signature).toBytes('compact');

/** Returns the Ecdsa-Sig-Value of RFC 3279, section 2.2.3. */
export const derForm = (curve: EcdsaCurve, signature: EcdsaSignature): Uint8Array =>
  nobleSignature(curve, signature).toBytes('der');

/** @throws Error if the bytes are not in the compact form */
export function parseCompact(curve: EcdsaCurve, bytes: Uint8Array): Pick<EcdsaSignature, 'r' | 's'> {
  const { r, s } = noble[curve].Signature.fromBytes(bytes, 'compact');
  return { r: curves[curve].scalar(r), s: curves[curve].scalar(s) };
}

/** Returns the public key under which the signature of the digest verifies. */
export const recoverKey = (curve: EcdsaCurve, signature: EcdsaSignature, digest: Uint8Array): Point =>
  curves[curve].decodePoint(nobleSignature(curve, signature).recoverPublicKey(digest).toBytes());

/**
 * Whether the signature is valid. Returns false for malformed input, and for a high s.
 * @param publicKey compressed, SEC 1
 */
export function verifyEcdsa(
  curve: EcdsaCurve,
  publicKey: Uint8Array,
  digest: Uint8Array,
  compact: Uint8Array,
): boolean {
  try {
    return noble[curve].verify(compact, digest, publicKey, { prehash: false, lowS: true, format: 'compact' });
  } catch {
    return false;
  }
}

const nobleSignature = (curve: EcdsaCurve, { r, s, recoveryId }: EcdsaSignature) =>
  new noble[curve].Signature(r, s, recoveryId);
