import { base58 } from '@scure/base';
import type { CurveName } from '../curve/curve.ts';
import type { Purpose } from '../signing/scheme.ts';
import { bitcoinNetworks, taprootAddress } from './bitcoin.ts';

export interface Address {
  readonly chain: string;
  readonly network: string;
  readonly address: string;
}

/**
 * The addresses at which the signatures of a key spend.
 *
 * @param publicKey what they verify under: 32 bytes of RFC 8032 for eddsa, the x-only output key for taproot
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

/** The same on every Solana cluster. */
function solanaAddress(publicKey: Uint8Array): string {
  if (publicKey.length !== 32) throw new RangeError(`an ed25519 public key has 32 bytes, not ${publicKey.length}`);
  return base58.encode(publicKey);
}
