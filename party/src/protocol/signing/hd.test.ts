import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { HDKey } from '@scure/bip32';
import fc from 'fast-check';
import { curves } from '../curve/curve.ts';
import { DerivationError, derive, parsePath } from './hd.ts';

const curve = curves.secp256k1;
const { ed25519, p256 } = curves;
const index = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const chainCodes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytesOf = (key: Uint8Array | null): Uint8Array => key ?? assert.fail();

/** Test vectors of BIP-32: an extended public key, a path, and the extended public key of the child at that path. */
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
      const derived = derive('secp256k1', curve.decodePoint(bytesOf(from.publicKey)), bytesOf(from.chainCode), path);
      assert.deepEqual(curve.encodePoint(derived.key.point), new Uint8Array(bytesOf(to.publicKey)));
      assert.deepEqual(derived.chainCode, new Uint8Array(bytesOf(to.chainCode)));
    }
  });

  test("children are those of wallets' library, and the tweak takes the parent's private key to the child's", () => {
    fc.assert(
      fc.property(fc.array(index, { maxLength: 5 }), path => {
        const root = HDKey.fromMasterSeed(randomBytes(32));
        const theirs = root.derive(['m', ...path].join('/'));
        const { key } = derive('secp256k1', curve.decodePoint(bytesOf(root.publicKey)), bytesOf(root.chainCode), path);
        assert.deepEqual(curve.encodePoint(key.point), new Uint8Array(bytesOf(theirs.publicKey)));
        const secret = curve.addScalars(curve.decodeScalar(bytesOf(root.privateKey)), key.tweak.offset);
        assert.deepEqual(curve.encodeScalar(secret), new Uint8Array(bytesOf(theirs.privateKey)));
      }),
      { numRuns: 20 },
    );
  });

  test("children of any point and chain code are those that wallets' library derives from their xpub", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: curve.order - 1n }),
        chainCodes,
        fc.array(index, { maxLength: 5 }),
        (s, chainCode, path) => {
          const parent = curve.multiplyBase(curve.scalar(s));
          const xpub = new HDKey({ publicKey: curve.encodePoint(parent), chainCode }).publicExtendedKey;
          const theirs = HDKey.fromExtendedKey(xpub).derive(['m', ...path].join('/'));
          const derived = derive('secp256k1', parent, chainCode, path);
          assert.equal(hex(curve.encodePoint(derived.key.point)), hex(bytesOf(theirs.publicKey)));
          assert.equal(hex(derived.chainCode), hex(bytesOf(theirs.chainCode)));
        },
      ),
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
      [`m${'/0'.repeat(11)}`, /at most 10 levels/],
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
    const [a, b] = [randomBytes(32), randomBytes(32)].map(code => derive('secp256k1', parent, code, [7]).key.point);
    assert.ok(a && b && !curve.equalPoints(a, b));
  });

  test('children on ed25519 are those of the numbers in docs/decisions/0018', () => {
    const chainCode = Uint8Array.from({ length: 32 }, (_, i) => i);
    for (const [path, point, code] of [
      [
        [0],
        'bdfd6b52b24e2c9deeb2d33677d69a3ee70a0541525d71d8045f26b388c91a35',
        '145fd171aff9501fe04894f6a4265b797d8f721663de3806278b058ebfbabd52',
      ],
      [
        [0, 7],
        'cd257fa8b54ffe040f2e2954d50cde62ee3645c3e87b77381ecab76e24906f6a',
        '817291bcbc56f6f578bba569cd67ed17e87850095d941e1466e431728648d00e',
      ],
      [
        [0, 7, 2 ** 31 - 1],
        'd35ff73cb9ae9031df6037b46851bf7c9bff50f03602f575d937a3eb0b12961c',
        'd48f340d45505ccd3f3c7c4c9d05038c9e4fa5843fd52476ea9fc85abcad4eb7',
      ],
    ] as const) {
      const derived = derive('ed25519', ed25519.base, chainCode, path);
      assert.deepEqual([hex(ed25519.encodePoint(derived.key.point)), hex(derived.chainCode)], [point, code]);
    }
  });

  test('children on ed25519: the tweak takes the secret of the parent to that of the child, level by level', () => {
    fc.assert(
      fc.property(chainCodes, index, index, (chainCode, a, b) => {
        const secret = ed25519.randomScalar();
        const parent = ed25519.multiplyBase(secret);
        const { key } = derive('ed25519', parent, chainCode, [a, b]);
        assert.ok(ed25519.equalPoints(ed25519.multiplyBase(ed25519.addScalars(secret, key.tweak.offset)), key.point));
        const child = derive('ed25519', parent, chainCode, [a]);
        const grandchild = derive('ed25519', child.key.point, child.chainCode, [b]);
        assert.ok(ed25519.equalPoints(grandchild.key.point, key.point));
      }),
      { numRuns: 20 },
    );
  });

  test('a key on p256 is its own root, and has no children', () => {
    const chainCode = randomBytes(32);
    assert.ok(p256.equalPoints(derive('p256', p256.base, chainCode, []).key.point, p256.base));
    assert.throws(
      () => derive('p256', p256.base, chainCode, [44, 0]),
      (error: unknown) => error instanceof DerivationError && /^m\/44\/0: .* on p256/.test(error.message),
    );
  });
});
