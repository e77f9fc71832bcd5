/**
 * Children sign with derived shares, so FROST knows nothing of paths. The verifiers derive and tweak with other
 * libraries.
 */
import assert from 'node:assert/strict';
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { before, test } from 'node:test';
import { schnorr } from '@noble/curves/secp256k1.js';
import { HDKey } from '@scure/bip32';
import { p2tr } from '@scure/btc-signer';
import fc from 'fast-check';
import { curves, type Point } from '../curve/curve.ts';
import { chaotic, results } from '../session/simulator.ts';
import { assertMismatch } from '../session/testing/outcomes.ts';
import { derivedShare } from '../sharing/derived.ts';
import { groupKey, type KeyShare } from '../sharing/sharing.ts';
import { makeShares } from '../sharing/testing/keys.ts';
import { frost } from './frost/frost.ts';
import { shareOf, simulateSigning } from './frost/testing/signing.ts';
import { derive } from './hd.ts';
import { type FrostPurpose, publicKeys, schemes } from './scheme.ts';

const chainCode = new Uint8Array(randomBytes(32));
const message = new TextEncoder().encode('asked of a child');

/** Verifies a signature by a child, from the shared key and the path of the child. */
type Verify = (root: Point, path: readonly number[], signature: Uint8Array) => boolean;
const verifiers: { readonly [purpose in FrostPurpose]: Verify } = {
  eddsa(root, path, signature) {
    // no other library knows the convention: hd.test.ts checks it against known numbers
    const child = derive('ed25519', root, chainCode, path).key.point;
    const x = Buffer.from(curves.ed25519.encodePoint(child)).toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, message, key, signature);
  },
  taproot: (root, path, signature) => schnorr.verify(signature, message, taprootOutput(root, path)),
};

/** Returns the output key of BIP-86, as the libraries of wallets compute it. */
function taprootOutput(root: Point, path: readonly number[]): Uint8Array {
  const publicKey = curves.secp256k1.encodePoint(root);
  const child = new HDKey({ publicKey, chainCode }).derive(['m', ...path].join('/'));
  return p2tr((child.publicKey ?? assert.fail()).subarray(1)).tweakedPubkey;
}

/** Returns the shares of the child at a path. */
function childShares(shares: readonly KeyShare[], path: readonly number[]): readonly KeyShare[] {
  return shares.map(share => {
    const { key } = derive(share.sharing.curve, groupKey(share.sharing), chainCode, path);
    return derivedShare(share, key.tweak.offset);
  });
}

const paths = fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 }), { maxLength: 3 });

for (const purpose of ['eddsa', 'taproot'] as const) {
  const { curve } = schemes[purpose];
  let shares: readonly KeyShare[] = [];
  before(async () => {
    shares = await makeShares(curve, 2, [1, 2, 3]);
  });

  test(`${purpose}: any quorum signs for a child, and the signature verifies under the child's key`, async () => {
    await fc.assert(
      fc.asyncProperty(paths, fc.subarray([1, 2, 3], { minLength: 2 }), fc.nat(), async (path, ids, seed) => {
        const signers = childShares(
          ids.map(id => shareOf(shares, id)),
          path,
        );
        const simulated = await simulateSigning(purpose, signers, message, { network: chaotic, seed });
        for (const { result } of results(simulated).values())
          assert.ok(verifiers[purpose](groupKey(shareOf(shares, 1).sharing), path, result));
      }),
      { numRuns: 12 },
    );
  });

  test(`D7: ${purpose}: who signs for another child parts before it uses its share, and nobody is blamed`, async () => {
    const [mine, theirs] = [childShares(shares, [0]), childShares(shares, [1])];
    const mixed = [shareOf(mine, 1), shareOf(theirs, 2), shareOf(mine, 3)];
    const other = frost(purpose).agreement(shareOf(theirs, 2).sharing, message);
    const simulated = await simulateSigning(purpose, mixed, message, {
      options: (id, { parameters }) => (id === 2 ? { parameters: { ...parameters, ...other } } : {}),
    });
    assertMismatch(simulated, /sharing/, [1, 2, 3]);
  });
}

test('a taproot child is the one of BIP-32, tweaked afterwards, whatever the y of the shared key', () => {
  const { secp256k1 } = curves;
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: secp256k1.order - 1n }), paths, (secret, path) => {
      const even = secp256k1.multiplyBase(secp256k1.scalar(secret));
      for (const root of [even, secp256k1.negatePoint(even)]) {
        const { key } = derive('secp256k1', root, chainCode, path);
        const { publicKey } = publicKeys('taproot', 'secp256k1', key.point);
        assert.deepEqual(publicKey, new Uint8Array(taprootOutput(root, path)));
      }
    }),
    { numRuns: 20 },
  );
});
