import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexToBytes } from '@noble/hashes/utils.js';
import { NETWORK, p2pkh, p2tr, p2wpkh, TEST_NETWORK } from '@scure/btc-signer';
import { address, getAddressDecoder } from '@solana/addresses';
import fc from 'fast-check';
import { addr } from 'micro-eth-signer';
import { curves } from '../curve/curve.ts';
import { publicKeys } from '../signing/scheme.ts';
import { addresses } from './addresses.ts';
import { checksummed } from './ethereum.ts';

const { ed25519, p256, secp256k1 } = curves;
const networks: readonly (readonly [string, typeof NETWORK])[] = [
  ['mainnet', NETWORK],
  ['testnet', TEST_NETWORK],
  ['regtest', { ...TEST_NETWORK, bech32: 'bcrt' }],
];
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

test('the addresses of an ecdsa key on secp256k1: Ethereum, then P2WPKH of three networks, then P2PKH of two', () => {
  fc.assert(
    fc.property(secret, s => {
      const { publicKey } = publicKeys('ecdsa', 'secp256k1', secp256k1.multiplyBase(secp256k1.scalar(s)));
      const bitcoin = (network: string, found: { readonly address: string }) => ({
        chain: 'bitcoin',
        network,
        address: found.address,
      });
      assert.deepEqual(addresses('ecdsa', 'secp256k1', publicKey), [
        { chain: 'ethereum', network: 'mainnet', address: addr.fromPublicKey(publicKey) },
        ...networks.map(([network, params]) => bitcoin(network, p2wpkh(publicKey, params))),
        ...networks.slice(0, 2).map(([network, params]) => bitcoin(network, p2pkh(publicKey, params))),
      ]);
    }),
    { numRuns: 20 },
  );
});

test('the vectors of BIP-173 and BIP-84, from key to address', () => {
  for (const [publicKey, ...expected] of [
    [
      '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798',
      'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
      'tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx',
    ],
    [
      '0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c',
      'bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu',
    ],
    [
      '03e775fd51f0dfb8cd865d9ff1cca2a158cf651fe997fdc9fee9c1d3b5e995ea77',
      'bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g',
    ],
    [
      '03025324888e429ab8e3dbaf1f7802648b9cd01e9b418485c5fa4c1b9b5700e1a6',
      'bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el',
    ],
  ] as const) {
    const found = addresses('ecdsa', 'secp256k1', hexToBytes(publicKey)).map(({ address }) => address);
    assert.deepEqual(found.slice(1, 1 + expected.length), expected);
  }
});

test('the vectors of EIP-55: of the letters of an Ethereum address some are capitals', () => {
  for (const address of [
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0x8617E340B3D01FA5F11F306F4090FD50E238070D',
    '0xde709f2102306220921060314715629080e2fb77',
    '0x27b1fdb04752bbc536007a920d24acb045561c26',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  ])
    assert.equal(checksummed(hexToBytes(address.slice(2).toLowerCase())), address);
});

test('an ecdsa key on p256 has no address', () => {
  assert.deepEqual(addresses('ecdsa', 'p256', p256.encodePoint(p256.base)), []);
});

test('a key of another length, or that is no point, has no address', () => {
  for (const [purpose, curve, lengths] of [
    ['eddsa', 'ed25519', [0, 31, 33]],
    ['taproot', 'secp256k1', [0, 31, 33]],
    ['ecdsa', 'secp256k1', [0, 32, 34, 65]],
  ] as const) {
    for (const length of lengths) assert.throws(() => addresses(purpose, curve, new Uint8Array(length)), RangeError);
  }
  const noPoint = new Uint8Array(33).fill(2, 0, 1).fill(5, 32);
  assert.throws(() => addresses('ecdsa', 'secp256k1', noPoint), Error);
});
