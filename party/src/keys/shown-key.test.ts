import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HDKey } from '@scure/bip32';
import { p2tr, p2wpkh } from '@scure/btc-signer';
import { getAddressDecoder } from '@solana/addresses';
import fc from 'fast-check';
import { addr } from 'micro-eth-signer';
import { curves } from '../protocol/curve/curve.ts';
import { DerivationError, derive, parsePath } from '../protocol/signing/hd.ts';
import { shownChildren, shownKey } from './shown-key.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const paths = ['m', 'm/0', 'm/44/60/0/0/7', 'm/2147483647'];
const chainCodes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const ecdsa = { curve: 'secp256k1', purpose: 'ecdsa' } as const;
const taproot = { curve: 'secp256k1', purpose: 'taproot' } as const;
const eddsa = { curve: 'ed25519', purpose: 'eddsa' } as const;
const aKey = (curve: 'secp256k1' | 'ed25519' | 'p256'): Uint8Array =>
  curves[curve].encodePoint(curves[curve].multiplyBase(curves[curve].randomScalar()));

test('the children of a key on secp256k1 have the public keys and addresses that wallets give them', () => {
  fc.assert(
    fc.property(chainCodes, chainCode => {
      const root = aKey('secp256k1');
      const wallet = new HDKey({ publicKey: root, chainCode });
      const keys = paths.map(path => wallet.derive(path).publicKey ?? assert.fail());
      const shown = shownChildren(ecdsa, hex(root), chainCode, paths);
      assert.deepEqual(
        shown.map(({ path, publicKey }) => [path, publicKey]),
        keys.map((key, i) => [paths[i], hex(key)]),
      );
      for (const [i, key] of keys.entries()) {
        const [ethereum, bitcoin] = shown[i]?.addresses ?? [];
        assert.equal(ethereum?.address, addr.fromPublicKey(key));
        assert.equal(bitcoin?.address, p2wpkh(key).address);
      }
      for (const [i, { publicKey, addresses }] of shownChildren(taproot, hex(root), chainCode, paths).entries()) {
        const { tweakedPubkey, address } = p2tr(keys[i]?.subarray(1) ?? assert.fail());
        assert.deepEqual([publicKey, addresses[0]?.address], [hex(tweakedPubkey), address]);
      }
    }),
    { numRuns: 5 },
  );
});

test('the children of a key on ed25519 have addresses on Solana', () => {
  const [root, chainCode] = [aKey('ed25519'), new Uint8Array(32).fill(7)];
  for (const { path, publicKey, addresses } of shownChildren(eddsa, hex(root), chainCode, paths)) {
    const { point } = derive('ed25519', curves.ed25519.decodePoint(root), chainCode, parsePath(path)).key;
    assert.equal(publicKey, hex(curves.ed25519.encodePoint(point)));
    assert.equal(addresses[0]?.address, getAddressDecoder().decode(Buffer.from(publicKey, 'hex')));
  }
});

test('the child at m is the key itself', () => {
  for (const scheme of [ecdsa, taproot, eddsa]) {
    const root = hex(aKey(scheme.curve));
    const { publicKey, addresses } = shownKey(scheme, root);
    assert.deepEqual(shownChildren(scheme, root, new Uint8Array(32), ['m']), [{ path: 'm', publicKey, addresses }]);
  }
});

test('a path that is none, or leads nowhere, is named', () => {
  const p256 = { curve: 'p256', purpose: 'ecdsa' } as const;
  for (const [scheme, path] of [
    [ecdsa, "m/44'/0"],
    [eddsa, '0/7'],
    [p256, 'm/0/7'],
  ] as const) {
    assert.throws(
      () => shownChildren(scheme, hex(aKey(scheme.curve)), new Uint8Array(32), ['m', path]),
      (error: unknown) => error instanceof DerivationError && error.message.startsWith(`${path}: `),
    );
  }
});
