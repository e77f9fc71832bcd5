import { type CurveName, curves, type Point } from '../curve/curve.ts';
import { verifySignature } from '../session/signer.ts';
import { type SigningKey, untweaked } from './signing-key.ts';
import { outputKey, verifyBip340, xOnly } from './taproot.ts';

/** The signatures that a key may make. The purpose is decided when the key is generated and never changes. */
export type Purpose = FrostPurpose | 'ecdsa';

/** A purpose whose signatures are Schnorr signatures, which FROST makes. */
export type FrostPurpose = 'eddsa' | 'taproot';

/** The curves of each purpose. */
export const curvesOf: { readonly [purpose in Purpose]: readonly CurveName[] } = {
  eddsa: ['ed25519'],
  taproot: ['secp256k1'],
  ecdsa: ['secp256k1', 'p256'],
};

/**
 * The signature scheme that a purpose allows; it signs messages. The protocols that make its signatures are
 * exchangeable.
 */
export interface Scheme {
  readonly purpose: FrostPurpose;
  readonly curve: CurveName;
  /** Returns the key under which signatures verify, from the shared key. */
  signingKey(groupKey: Point): SigningKey;
  /** Encodes a public key as the standard of the scheme does. */
  encodeKey(key: Point): Uint8Array;
  /**
   * Whether the signature is valid. Returns false, and never throws, for malformed input. `publicKey` is as
   * `publicKeys` returns it.
   */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export const schemes: { readonly [purpose in FrostPurpose]: Scheme } = {
  eddsa: {
    purpose: 'eddsa',
    curve: 'ed25519',
    signingKey: groupKey => untweaked(curves.ed25519, groupKey),
    encodeKey: curves.ed25519.encodePoint,
    verify: verifySignature,
  },
  taproot: {
    purpose: 'taproot',
    curve: 'secp256k1',
    signingKey: outputKey,
    encodeKey: xOnly,
    verify: verifyBip340,
  },
};

/** The public keys of a sharing, encoded as the standard of its scheme does. */
export interface PublicKeys {
  /** The key under which signatures verify. */
  readonly publicKey: Uint8Array;
  /** Taproot only: the key before its tweak. */
  readonly internalKey?: Uint8Array;
}

export function publicKeys(purpose: Purpose, curve: CurveName, groupKey: Point): PublicKeys {
  if (purpose === 'ecdsa') return { publicKey: curves[curve].encodePoint(groupKey) };
  const { signingKey, encodeKey } = schemes[purpose];
  const publicKey = encodeKey(signingKey(groupKey).point);
  return purpose === 'taproot' ? { publicKey, internalKey: encodeKey(groupKey) } : { publicKey };
}
