import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { EncodingError } from '../curve/curve.ts';
import { Secret } from '../secret.ts';
import { verifySignature } from '../session/signer.ts';
import { fingerprint, Identity, parsePublicIdentity } from './identity.ts';

/** RFC 8032, section 7.1, test 2. */
const VECTOR = {
  seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
  publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  message: '72',
  signature:
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
    '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
};
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

test('an identity signs as RFC 8032 says', () => {
  const identity = Identity.fromSeed(new Secret(bytes(VECTOR.seed)));
  assert.deepEqual(Buffer.from(identity.publicKey).toString('hex'), VECTOR.publicKey);
  assert.deepEqual(Buffer.from(identity.sign(bytes(VECTOR.message))).toString('hex'), VECTOR.signature);
  assert.equal(Buffer.from(identity.seed().expose()).toString('hex'), VECTOR.seed);
});

test('a new identity is made again from its seed, and its signatures verify', () => {
  const identity = Identity.create();
  const again = Identity.fromSeed(identity.seed());
  assert.deepEqual(again.publicKey, identity.publicKey);
  assert.ok(verifySignature(identity.publicKey, bytes('01'), again.sign(bytes('01'))));
  assert.notDeepEqual(Identity.create().publicKey, identity.publicKey);
  assert.ok(
    !inspect(identity, { showHidden: true, depth: 9 }).includes(Buffer.from(identity.seed().expose()).toString('hex')),
  );
});

test('a seed of another length is refused', () => {
  assert.throws(() => Identity.fromSeed(new Secret(new Uint8Array(31))), RangeError);
});

test('the fingerprint is SHA-256 of the raw public key', () => {
  const key = parsePublicIdentity('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  assert.equal(fingerprint(key), '21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9');
});

test('what is no key of the prime-order group is no identity', () => {
  for (const bad of [
    '',
    VECTOR.publicKey.slice(2),
    `${VECTOR.publicKey}00`,
    'not hex',
    `01${'00'.repeat(31)}`,
    // A point of order 8 (RFC 8032's cofactor): it would take part in forged signatures.
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    // The field's prime: not canonical.
    `ed${'ff'.repeat(30)}7f`,
  ]) {
    assert.throws(() => parsePublicIdentity(bad), EncodingError, bad);
  }
});
