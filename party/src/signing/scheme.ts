import { type CurveName, curves, type Point } from '../curve/curve.ts';
import { verifyEd25519 } from './eddsa.ts';
import type { KeyTweak } from './key-tweak.ts';
import { taprootTweak, verifyBip340, xOnly } from './taproot.ts';

/** Which signatures a key may make, for ever; decided at its generation. */
export type Purpose = 'eddsa' | 'taproot';

/** A signature scheme: what a purpose allows. Protocols that make its signatures are exchangeable. */
export interface Scheme {
  readonly purpose: Purpose;
  readonly curve: CurveName;
  /** From the shared key to the one that signatures verify under. */
  tweak(groupKey: Point): KeyTweak;
  /** A public key as the scheme's standard writes it. */
  encodeKey(key: Point): Uint8Array;
  /** False, never an error, for whatever is malformed. `publicKey` as `publicKeys` gives it. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

export const schemes: { readonly [purpose in Purpose]: Scheme } = {
  eddsa: {
    purpose: 'eddsa',
    curve: 'ed25519',
    tweak: () => ({ negate: false, offset: curves.ed25519.scalar(0n) }),
    encodeKey: curves.ed25519.encodePoint,
    verify: verifyEd25519,
  },
  taproot: {
    purpose: 'taproot',
    curve: 'secp256k1',
    tweak: taprootTweak,
    encodeKey: xOnly,
    verify: verifyBip340,
  },
};
