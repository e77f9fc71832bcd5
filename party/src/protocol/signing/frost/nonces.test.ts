import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { bytesToHex } from '@noble/hashes/utils.js';
import { curves, EncodingError } from '../../curve/curve.ts';
import { Secret } from '../../secret.ts';
import { ed25519Sha512 } from './ed25519.ts';
import { frostMessages } from './messages.ts';
import { generateNonces } from './nonces.ts';
import { secp256k1Sha256Tr } from './secp256k1-tr.ts';

const suites = [ed25519Sha512, secp256k1Sha256Tr];
const share = (n: bigint) => new Secret(curves.ed25519.scalar(n));

test('D5: a pair of nonces comes out once', () => {
  const nonces = generateNonces(ed25519Sha512, share(7n));
  nonces.take();
  assert.throws(() => nonces.take(), /after it was wiped/);
});

test('D5: nonces that were disposed of, as when a session fails, do not come out', () => {
  const nonces = generateNonces(ed25519Sha512, share(7n));
  nonces[Symbol.dispose]();
  assert.throws(() => nonces.take(), /after it was wiped/);
});

test('D5: nonces are in no copy and no print of their handle', () => {
  for (const suite of suites) {
    const nonces = generateNonces(suite, share(7n));
    const shown = [
      JSON.stringify(nonces, (_, value) => (typeof value === 'bigint' ? value.toString(16) : value)),
      inspect(nonces, { depth: 9, showHidden: true }),
      inspect(structuredClone(nonces), { depth: 9, showHidden: true }),
      inspect(deserialize(serialize(nonces)), { depth: 9, showHidden: true }),
    ].join('\n');
    const pair = nonces.take();
    for (const nonce of [pair.hiding, pair.binding]) {
      assert.ok(!shown.includes(nonce.toString(16)) && !shown.includes(nonce.toString(10)));
      assert.ok(!shown.includes(bytesToHex(suite.curve.encodeScalar(nonce))));
    }
  }
});

test('D5: a random source that repeats itself gives other nonces for another share', () => {
  const stuck = (length: number) => new Uint8Array(length);
  const a = generateNonces(ed25519Sha512, share(7n), stuck).take();
  const b = generateNonces(ed25519Sha512, share(8n), stuck).take();
  assert.notEqual(a.hiding, b.hiding);
});

test('D5: a random source that works gives other nonces each time, and two that differ', () => {
  const a = generateNonces(ed25519Sha512, share(7n)).take();
  const b = generateNonces(ed25519Sha512, share(7n)).take();
  assert.equal(new Set([a.hiding, a.binding, b.hiding, b.binding]).size, 4);
});

for (const { curve } of suites) {
  const { codec } = frostMessages(curve).commitments;
  const [one, two] = [curve.base, curve.addPoints(curve.base, curve.base)];

  test(`a commitment over ${curve.name} survives its encoding`, () => {
    const bytes = codec.encode({ hiding: one, binding: two });
    const decoded = codec.decode(bytes);
    assert.ok(curve.equalPoints(decoded.hiding, one) && curve.equalPoints(decoded.binding, two));
    assert.ok(bytes.length <= codec.maxBytes);
  });

  test(`D6, I3: the identity is no commitment over ${curve.name}`, () => {
    assert.throws(() => codec.encode({ hiding: curve.identity, binding: one }), RangeError);
    const identity = new Uint8Array(curve.pointBytes);
    if (curve.name === 'ed25519') identity[0] = 1;
    const valid = curve.encodePoint(one);
    for (const bytes of [Buffer.concat([identity, valid]), Buffer.concat([valid, identity])]) {
      assert.throws(() => codec.decode(bytes), EncodingError);
    }
  });

  test(`I1: a commitment over ${curve.name} of a wrong length is none`, () => {
    const bytes = codec.encode({ hiding: one, binding: two });
    for (const wrong of [
      new Uint8Array(),
      bytes.subarray(1),
      bytes.subarray(0, curve.pointBytes),
      Buffer.concat([bytes, bytes]),
    ]) {
      assert.throws(() => codec.decode(wrong), EncodingError);
    }
  });
}

test('I3: points of small order, and those with a part of small order, are no commitment over ed25519', () => {
  const { codec } = frostMessages(curves.ed25519).commitments;
  const valid = curves.ed25519.encodePoint(curves.ed25519.base);
  // a point of order 8, and the base point plus the point of order 2, which has x and y negated
  const order8 = Buffer.from('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a', 'hex');
  const mixed = Buffer.from('9599999999999999999999999999999999999999999999999999999999999999', 'hex');
  for (const point of [order8, mixed]) {
    assert.throws(() => codec.decode(Buffer.concat([valid, point])), /prime-order group/);
    assert.throws(() => codec.decode(Buffer.concat([point, valid])), /prime-order group/);
  }
});
