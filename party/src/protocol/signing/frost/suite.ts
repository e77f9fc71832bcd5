import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Curve, Point, Scalar } from '../../curve/curve.ts';

/** A ciphersuite of RFC 9591 section 6: a group, hashes for five uses, and the form of its signatures. */
export interface CipherSuite {
  /** The contextString of the suite. */
  readonly name: string;
  readonly curve: Curve;
  /** H1: the hash for binding factors. */
  h1(input: Uint8Array): Scalar;
  /** H3: the hash for nonces. */
  h3(input: Uint8Array): Scalar;
  /** H4: the hash of the message. */
  h4(input: Uint8Array): Uint8Array;
  /** H5: the hash of the list of commitments. */
  h5(input: Uint8Array): Uint8Array;
  /** H2 over R, the key and the message, as the verifier of the scheme computes it (section 4.6). */
  challenge(groupCommitment: Point, key: Point, message: Uint8Array): Scalar;
  /**
   * Whether the signers negate their nonces, because only a signature with -R is valid. In BIP-340, that is where R has
   * odd y.
   */
  negatesNonces(groupCommitment: Point): boolean;
  encodeSignature(groupCommitment: Point, z: Scalar): Uint8Array;
}

/** H4 and H5 of every suite: hash(contextString ‖ "msg" or "com" ‖ input). */
export const prefixedHash =
  (hash: (input: Uint8Array) => Uint8Array, contextString: string, use: string) =>
  (input: Uint8Array): Uint8Array =>
    hash(concatBytes(utf8ToBytes(contextString + use), input));
