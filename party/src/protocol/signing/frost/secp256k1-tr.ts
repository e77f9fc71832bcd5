/**
 * FROST(secp256k1, SHA-256) with the signatures of BIP-340: the suite of the Zcash Foundation's frost-secp256k1-tr. The
 * suite is RFC 9591 section 6.5 under another context string, with BIP-340's challenge and x-only R, so nonces are
 * negated where R has odd y. The suite needs a key with even y (taproot.ts).
 */
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { curves } from '../../curve/curve.ts';
import { bip340Hash, hasEvenY, xOnly } from '../taproot.ts';
import { secp256k1Sha256 } from './secp256k1.ts';
import type { CipherSuite } from './suite.ts';

const curve = curves.secp256k1;

export const secp256k1Sha256Tr: CipherSuite = {
  ...secp256k1Sha256('FROST-secp256k1-SHA256-TR-v1'),
  challenge: (groupCommitment, key, message) =>
    curve.scalar(bytesToNumberBE(bip340Hash('BIP0340/challenge', xOnly(groupCommitment), xOnly(key), message))),
  negatesNonces: groupCommitment => !hasEvenY(groupCommitment),
  encodeSignature: (groupCommitment, z) => concatBytes(xOnly(groupCommitment), curve.encodeScalar(z)),
};
