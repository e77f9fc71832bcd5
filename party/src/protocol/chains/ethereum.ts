import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * Returns the address of a key: the last 20 bytes of Keccak-256 of the key's coordinates (Yellow Paper, appendix F).
 * The address is the same on every chain of the EVM.
 *
 * @param publicKey compressed, 33 bytes
 */
export function ethereumAddress(publicKey: Uint8Array): string {
  if (publicKey.length !== 33) throw new RangeError(`a compressed public key has 33 bytes, not ${publicKey.length}`);
  // the coordinates come without the leading 4 of SEC 1
  const coordinates = secp256k1.Point.fromBytes(publicKey).toBytes(false).subarray(1);
  return checksummed(keccak_256(coordinates).subarray(12));
}

/**
 * Returns the address as EIP-55 writes it: a letter is a capital where the hash of all digits has 8 or more in its
 * place.
 */
export function checksummed(account: Uint8Array): string {
  const digits = bytesToHex(account);
  const hash = bytesToHex(keccak_256(utf8ToBytes(digits)));
  const isCapital = (at: number): boolean => Number.parseInt(hash.charAt(at), 16) >= 8;
  return `0x${[...digits].map((digit, i) => (isCapital(i) ? digit.toUpperCase() : digit)).join('')}`;
}
