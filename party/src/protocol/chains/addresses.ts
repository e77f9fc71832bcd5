import { base58 } from '@scure/base';
import type { CurveName } from '../curve/curve.ts';
import type { Purpose } from '../signing/scheme.ts';
import { bitcoinNetworks, legacyAddress, legacyNetworks, segwitAddress, taprootAddress } from './bitcoin.ts';
import { ethereumAddress } from './ethereum.ts';

export interface Address {
  readonly chain: string;
  readonly network: string;
  readonly address: string;
}

/**
 * Returns the addresses whose funds the signatures of a key spend; none for keys on p256.
 *
 * @param publicKey the key under which the signatures verify: 32 bytes of RFC 8032 for eddsa, the x-only output key for
 *   taproot, 33 bytes, compressed, for ecdsa
 */
export function addresses(purpose: Purpose, curve: CurveName, publicKey: Uint8Array): Address[] {
  switch (purpose) {
    case 'ecdsa':
      return curve === 'secp256k1' ? ecdsaAddresses(publicKey) : [];
    case 'eddsa':
      return [{ chain: 'solana', network: 'mainnet', address: solanaAddress(publicKey) }];
    case 'taproot':
      return bitcoinNetworks.map(network => ({
        chain: 'bitcoin',
        network,
        address: taprootAddress(publicKey, network),
      }));
  }
}

/** The addresses are in all forms, one form after the other; the first letters tell the forms apart. */
const ecdsaAddresses = (publicKey: Uint8Array): Address[] => [
  { chain: 'ethereum', network: 'mainnet', address: ethereumAddress(publicKey) },
  ...bitcoinNetworks.map(network => ({ chain: 'bitcoin', network, address: segwitAddress(publicKey, network) })),
  ...legacyNetworks.map(network => ({ chain: 'bitcoin', network, address: legacyAddress(publicKey, network) })),
];

/** Returns the address of a key, which is the same on every Solana cluster. */
function solanaAddress(publicKey: Uint8Array): string {
  if (publicKey.length !== 32) throw new RangeError(`an ed25519 public key has 32 bytes, not ${publicKey.length}`);
  return base58.encode(publicKey);
}
