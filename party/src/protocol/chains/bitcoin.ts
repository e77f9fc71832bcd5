import { ripemd160 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bech32, bech32m, createBase58check } from '@scure/base';

/**
 * The human-readable parts of addresses: for mainnet and testnet those of BIP-173 (signet shares testnet's), for
 * regtest that of Bitcoin Core.
 */
const prefixes = { mainnet: 'bc', testnet: 'tb', regtest: 'bcrt' } as const;

export type BitcoinNetwork = keyof typeof prefixes;
export const bitcoinNetworks = ['mainnet', 'testnet', 'regtest'] as const satisfies readonly BitcoinNetwork[];

/** The first byte of an address of the oldest form; regtest shares that of testnet. */
const versions = { mainnet: 0x00, testnet: 0x6f } as const;

export type LegacyNetwork = keyof typeof versions;
export const legacyNetworks = ['mainnet', 'testnet'] as const satisfies readonly LegacyNetwork[];

const base58check = createBase58check(sha256);

/** The address of segwit version 1 (BIP-341), encoded by BIP-350. `outputKey`: x-only, 32 bytes, already tweaked. */
export function taprootAddress(outputKey: Uint8Array, network: BitcoinNetwork): string {
  if (outputKey.length !== 32) throw new RangeError(`a taproot output key has 32 bytes, not ${outputKey.length}`);
  return bech32m.encode(prefixes[network], [1, ...bech32m.toWords(outputKey)]);
}

/**
 * The address of P2WPKH, segwit version 0 (BIP-141), encoded by BIP-173. `publicKey`: compressed, as segwit requires.
 */
export const segwitAddress = (publicKey: Uint8Array, network: BitcoinNetwork): string =>
  bech32.encode(prefixes[network], [0, ...bech32.toWords(keyHash(publicKey))]);

/** The address of P2PKH. `publicKey`: compressed, the form in which a spend must show the key. */
export const legacyAddress = (publicKey: Uint8Array, network: LegacyNetwork): string =>
  base58check.encode(Uint8Array.of(versions[network], ...keyHash(publicKey)));

function keyHash(publicKey: Uint8Array): Uint8Array {
  if (publicKey.length !== 33) throw new RangeError(`a compressed public key has 33 bytes, not ${publicKey.length}`);
  return ripemd160(sha256(publicKey));
}
