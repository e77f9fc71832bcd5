import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { HDKey } from '@scure/bip32';
import fc from 'fast-check';
import { curves } from '../curve/curve.ts';
import { DerivationError, derive, parsePath } from './hd.ts';

const curve = curves.secp256k1;
const bytesOf = (key: Uint8Array | null): Uint8Array => key ?? assert.fail();

/** From the test vectors of BIP-32: an extended public key, and that of a child of it. */
const vectors = [
  [
    'xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw',
    [1],
    'xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqck2AxYysAA7xmALppuCkwQ',
  ],
  [
    'xpub6D4BDPcP2GT577Vvch3R8wDkScZWzQzMMUm3PWbmWvVJrZwQY4VUNgqFJPMM3No2dFDFGTsxxpG5uJh7n7epu4trkrX7x7DogT5Uv6fcLW5',
    [2, 1_000_000_000],
    'xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTvXEYBVPamhGW6cFJodrTHy',
  ],
  [
    'xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB',
    [0],
    'xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH',
  ],
] as const;

describe('derivation', () => {
  test('children are those of the vectors of BIP-32', () => {
    for (const [parent, path, child] of vectors) {
      const from = HDKey.fromExtendedKey(parent);
      const to = HDKey.fromExtendedKey(child);
      const derived = derive(curve.decodePoint(bytesOf(from.publicKey)), bytesOf(from.chainCode), path);
      assert.deepEqual(curve.encodePoint(derived.key.point), new Uint8Array(bytesOf(to.publicKey)));
      assert.deepEqual(derived.chainCode, new Uint8Array(bytesOf(to.chainCode)));
    }
  });

  test("children are those of wallets' library, and the tweak takes the parent's private key to the child's", () => {
    const index = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.array(index, { maxLength: 5 }), path => {
        const root = HDKey.fromMasterSeed(randomBytes(32));
        const theirs = root.derive(['m', ...path].join('/'));
        const { key } = derive(curve.decodePoint(bytesOf(root.publicKey)), bytesOf(root.chainCode), path);
        assert.deepEqual(curve.encodePoint(key.point), new Uint8Array(bytesOf(theirs.publicKey)));
        const secret = curve.addScalars(curve.decodeScalar(bytesOf(root.privateKey)), key.tweak.offset);
        assert.deepEqual(curve.encodeScalar(secret), new Uint8Array(bytesOf(theirs.privateKey)));
      }),
      { numRuns: 20 },
    );
  });

  test('D8: hardened indices and what is no path are refused, with the part that is wrong', () => {
    for (const [path, why] of [
      ["m/44'/0", /44' is hardened/],
      ['m/44h', /44h is hardened/],
      ['m/2147483648', /2147483648 is no index/],
      ['m/-1', /-1 is no index/],
      ['m/01', /01 is no index/],
      ['m/1e3', /1e3 is no index/],
      ['m//1', / is no index/],
      ['m/', / is no index/],
      ['44/0', /begins with m/],
      ['', /begins with m/],
      [`m${'/0'.repeat(256)}`, /at most 255/],
    ] as const) {
      assert.throws(
        () => parsePath(path),
        (error: unknown) => error instanceof DerivationError && why.test(error.message),
      );
    }
    assert.deepEqual(parsePath('m'), []);
    assert.deepEqual(parsePath('m/44/60/0/0/2147483647'), [44, 60, 0, 0, 2147483647]);
  });

  test('D9: the same path under another chain code is another key', () => {
    const parent = curve.multiplyBase(curve.randomScalar());
    const [a, b] = [randomBytes(32), randomBytes(32)].map(code => derive(parent, code, [7]).key.point);
    assert.ok(a && b && !curve.equalPoints(a, b));
  });
});
