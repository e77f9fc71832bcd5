import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { schnorr } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { p2tr } from '@scure/btc-signer';
import fc from 'fast-check';
import { curves } from '../curve/curve.ts';
import { schemes } from './scheme.ts';
import { tweakPoint, tweakShare } from './signing-key.ts';
import { hasEvenY, outputKey, verifyBip340, xOnly } from './taproot.ts';

const curve = curves.secp256k1;
const scalar = fc.bigInt({ min: 1n, max: curve.order - 1n }).map(curve.scalar);

test('the vectors of BIP-340 verify or not as they say', () => {
  const csv = readFileSync(new URL('../../../../test/vectors/bip340.csv', import.meta.url), 'utf8');
  const [, ...rows] = csv.trim().split('\n');
  assert.equal(rows.length, 19);
  for (const row of rows) {
    const [index, , publicKey = '', , message = '', signature = '', result] = row.split(',');
    assert.equal(
      verifyBip340(hexToBytes(publicKey), hexToBytes(message), hexToBytes(signature)),
      result === 'TRUE',
      `vector ${index}`,
    );
  }
});

test('what is malformed does not verify, and is no error', () => {
  const [key, signature] = [new Uint8Array(32), new Uint8Array(64)];
  for (const { verify } of Object.values(schemes)) {
    assert.equal(verify(key, new Uint8Array(), signature), false);
    assert.equal(verify(key.subarray(1), new Uint8Array(), signature), false);
    assert.equal(verify(key, new Uint8Array(), signature.subarray(1)), false);
    assert.equal(verify(new Uint8Array(33).fill(255), new Uint8Array(), signature), false);
  }
});

/**
 * Vectors of wallet-test-vectors.json of BIP-341, scriptPubKey 0 and keyPathSpending 0, and of BIP-86: two receiving
 * keys and one change key.
 */
const keysWithoutScript = [
  {
    internal: 'd6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d',
    output: '53a1f6e454df1aa2776a2814a721372d6258050de330b3c6d10ee8f4e0dda343',
    secret: '6b973d88838f27366ed61c9ad6367663045cb456e28335c109e30717ae0c6baa',
    tweakedSecret: '2405b971772ad26915c8dcdf10f238753a9b837e5f8e6a86fd7c0cce5b7296d9',
  },
  {
    internal: 'cc8a4bc64d897bddc5fbc2f670f7a8ba0b386779106cf1223c6fc5d7cd6fc115',
    output: 'a60869f0dbcf1dc659c9cecbaf8050135ea9e8cdc487053f1dc6880949dc684c',
  },
  {
    internal: '83dfe85a3151d2517290da461fe2815591ef69f2b18a2ce63f01697a8b313145',
    output: 'a82f29944d65b86ae6b5e5cc75e294ead6c59391a1edc5e016e3498c67fc7bbb',
  },
  {
    internal: '399f1b2f4393f29a18c937859c5dd8a77350103157eb880f02e8c08214277cef',
    output: '882d74e5d0572d5a816cef0041a96b6c1de832f6f9676d9605c44d5e9a97d3dc',
  },
] as const;

test(
  'the vectors of BIP-341 and BIP-86 without script: from internal to output key, ' +
    'whatever the y of the shared key',
  () => {
    for (const { internal, output } of keysWithoutScript) {
      const even = curve.decodePoint(hexToBytes(`02${internal}`));
      for (const groupKey of [even, curve.negatePoint(even)]) {
        const { point } = outputKey(groupKey);
        assert.equal(bytesToHex(xOnly(point)), output);
        assert.ok(hasEvenY(point));
      }
    }
  },
);

test(
  'the vector of BIP-341 keyPathSpending: from internal to tweaked secret, ' +
    'up to the sign that BIP-340 chooses when it signs',
  () => {
    const [{ secret, tweakedSecret }] = keysWithoutScript;
    const internal = curve.decodeScalar(hexToBytes(secret));
    const tweaked = tweakShare(curve, outputKey(curve.multiplyBase(internal)).tweak, internal);
    const expected = curve.decodeScalar(hexToBytes(tweakedSecret));
    const published = hasEvenY(curve.multiplyBase(expected)) ? expected : curve.negateScalar(expected);
    assert.equal(tweaked, published);
  },
);

test('the output key is that of @scure/btc-signer, and the tweaked secret signs under it', () => {
  fc.assert(
    fc.property(scalar, fc.uint8Array({ maxLength: 64 }), (secret, message) => {
      const internal = curve.multiplyBase(secret);
      const { point, tweak } = outputKey(internal);
      const output = xOnly(point);
      assert.deepEqual(output, p2tr(xOnly(internal)).tweakedPubkey);
      const signature = schnorr.sign(message, curve.encodeScalar(tweakShare(curve, tweak, secret)));
      assert.ok(verifyBip340(output, message, signature));
    }),
    { numRuns: 20 },
  );
});

test('the public side of a tweak follows the secret one', () => {
  fc.assert(
    fc.property(scalar, scalar, fc.boolean(), (secret, offset, negate) => {
      const tweak = { negate, offset };
      const point = tweakPoint(curve, tweak, curve.multiplyBase(secret));
      assert.ok(curve.equalPoints(point, curve.multiplyBase(tweakShare(curve, tweak, secret))));
    }),
    { numRuns: 20 },
  );
});
