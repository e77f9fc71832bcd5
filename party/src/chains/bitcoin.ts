import { bech32m } from '@scure/base';

/** The human-readable parts of BIP-173 for mainnet and testnet (signet shares testnet's), and Bitcoin Core's for regtest. */
const prefixes = { mainnet: 'bc', testnet: 'tb', regtest: 'bcrt' } as const;

export type BitcoinNetwork = keyof typeof prefixes;
export const bitcoinNetworks = ['mainnet', 'testnet', 'regtest'] as const satisfies readonly BitcoinNetwork[];

/** Segwit version 1 (BIP-341), encoded by BIP-350. `outputKey`: x-only, 32 bytes, already tweaked. */
export function taprootAddress(outputKey: Uint8Array, network: BitcoinNetwork): string {
  if (outputKey.length !== 32) throw new RangeError(`a taproot output key has 32 bytes, not ${outputKey.length}`);
  return bech32m.encode(prefixes[network], [1, ...bech32m.toWords(outputKey)]);
}
