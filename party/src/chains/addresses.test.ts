import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexToBytes } from '@noble/hashes/utils.js';
import { NETWORK, p2tr, TEST_NETWORK } from '@scure/btc-signer';
import { address, getAddressDecoder } from '@solana/addresses';
import fc from 'fast-check';
import { curves } from '../curve/curve.ts';
import { publicKeys } from '../signing/scheme.ts';
import { addresses } from './addresses.ts';

const { ed25519, secp256k1 } = curves;
const secret = fc.bigInt({ min: 1n, max: ed25519.order - 1n });

test('the address of an eddsa key is that of Solana', () => {
  fc.assert(
    fc.property(secret, s => {
      const { publicKey } = publicKeys('eddsa', 'ed25519', ed25519.multiplyBase(ed25519.scalar(s)));
      const expected = getAddressDecoder().decode(publicKey);
      assert.deepEqual(addresses('eddsa', 'ed25519', publicKey), [
        { chain: 'solana', network: 'mainnet', address: expected },
      ]);
    }),
    { numRuns: 20 },
  );
});

test('leading zeros of an eddsa key are ones of its address', () => {
  const [solana] = addresses('eddsa', 'ed25519', new Uint8Array(32));
  assert.equal(solana?.address, address('11111111111111111111111111111111'));
});

test('the addresses of a taproot key are those of its internal key without script', () => {
  const networks: [string, typeof NETWORK][] = [
    ['mainnet', NETWORK],
    ['testnet', TEST_NETWORK],
    ['regtest', { ...TEST_NETWORK, bech32: 'bcrt' }],
  ];
  fc.assert(
    fc.property(secret, s => {
      const { publicKey, internalKey } = publicKeys(
        'taproot',
        'secp256k1',
        secp256k1.multiplyBase(secp256k1.scalar(s)),
      );
      assert.ok(internalKey);
      const expected = networks.map(([network, params]) => ({
        chain: 'bitcoin',
        network,
        address: p2tr(internalKey, undefined, params).address,
      }));
      assert.deepEqual(addresses('taproot', 'secp256k1', publicKey), expected);
    }),
    { numRuns: 20 },
  );
});

/** wallet-test-vectors.json of BIP-341, scriptPubKey 0; BIP-86, the first receiving address. */
const vectors = [
  {
    internal: 'd6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d',
    address: 'bc1p2wsldez5mud2yam29q22wgfh9439spgduvct83k3pm50fcxa5dps59h4z5',
  },
  {
    internal: 'cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115',
    address: 'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr',
  },
];

test('the vectors of BIP-341 and BIP-86 without script: from internal key to address', () => {
  for (const vector of vectors) {
    const { publicKey } = publicKeys('taproot', 'secp256k1', secp256k1.decodePoint(hexToBytes(`02${vector.internal}`)));
    assert.equal(addresses('taproot', 'secp256k1', publicKey)[0]?.address, vector.address);
  }
});

test('a key of another length has no address', () => {
  for (const purpose of ['eddsa', 'taproot'] as const) {
    for (const length of [0, 31, 33])
      assert.throws(
        () => addresses(purpose, purpose === 'eddsa' ? 'ed25519' : 'secp256k1', new Uint8Array(length)),
        RangeError,
      );
  }
});
