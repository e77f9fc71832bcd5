import { type CurveName, curves, type Point } from '../curve/curve.ts';
import { verifySignature } from '../session/signer.ts';
import { type SigningKey, untweaked } from './signing-key.ts';
import { outputKey, verifyBip340, xOnly } from './taproot.ts';

/** Which signatures a key may make, for ever; decided at its generation. */
export type Purpose = FrostPurpose | 'ecdsa';

/** Signatures of Schnorr's kind, which FROST makes. */
export type FrostPurpose = 'eddsa' | 'taproot';

/** The curves of each purpose. */
export const curvesOf: { readonly [purpose in Purpose]: readonly CurveName[] } = {
  eddsa: ['ed25519'],
  taproot: ['secp256k1'],
  ecdsa: ['secp256k1', 'p256'],
};

/** A signature scheme of messages: what a purpose allows. Protocols that make its signatures are exchangeable. */
export interface Scheme {
  readonly purpose: FrostPurpose;
  readonly curve: CurveName;
  /** From the shared key to the one that signatures verify under. */
  signingKey(groupKey: Point): SigningKey;
  /** A public key as the scheme's standard writes it. */
  encodeKey(key: Point): Uint8Array;
  /** False, never an error, for whatever is malformed. `publicKey` as `publicKeys` gives it. */
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

/** The public keys of a sharing, as its scheme's standard writes them. */
export interface PublicKeys {
  /** What signatures verify under. */
  readonly publicKey: Uint8Array;
  /** Taproot: the key before its tweak. */
  readonly internalKey?: Uint8Array;
}

export function publicKeys(purpose: Purpose, curve: CurveName, groupKey: Point): PublicKeys {
  if (purpose === 'ecdsa') return { publicKey: curves[curve].encodePoint(groupKey) };
  const { signingKey, encodeKey } = schemes[purpose];
  const publicKey = encodeKey(signingKey(groupKey).point);
  return purpose === 'taproot' ? { publicKey, internalKey: encodeKey(groupKey) } : { publicKey };
}
