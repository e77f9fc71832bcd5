import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import fc from 'fast-check';
import { type Curve, curves, EncodingError } from './curve.ts';

const littleEndian = (n: bigint): Uint8Array => Buffer.from(n.toString(16).padStart(64, '0'), 'hex').reverse();
const bigEndian = (n: bigint): Uint8Array => Buffer.from(n.toString(16).padStart(64, '0'), 'hex');

/** y with the sign of x in the highest bit, as RFC 8032 section 5.1.2 has it. */
const edwards = (y: bigint, sign = 0n): Uint8Array => littleEndian(y + (sign << 255n));
const sec1 = (prefix: number, x: bigint): Uint8Array => Buffer.concat([Uint8Array.of(prefix), bigEndian(x)]);

const P25519 = 2n ** 255n - 19n;
const P256K1 = 2n ** 256n - 2n ** 32n - 977n;

for (const curve of Object.values(curves)) {
  const scalars = fc.bigInt({ min: 0n, max: curve.order - 1n }).map(n => curve.scalar(n));

  test(`I4: ${curve.name}: a scalar at or above the order, or of another length, is refused`, () => {
    const encode = curve.name === 'ed25519' ? littleEndian : bigEndian;
    for (const n of [curve.order, curve.order + 1n, (2n ** 256n - 1n) / 2n + curve.order / 2n, 2n ** 256n - 1n]) {
      assert.throws(() => curve.decodeScalar(encode(n)), EncodingError);
    }
    for (const length of [0, 31, 33, 64])
      assert.throws(() => curve.decodeScalar(new Uint8Array(length)), EncodingError);
    assert.equal(curve.decodeScalar(encode(curve.order - 1n)), curve.order - 1n);
    assert.equal(curve.decodeScalar(new Uint8Array(32)), 0n);
  });

  test(`${curve.name}: scalars and points come back as they were encoded`, () => {
    fc.assert(
      fc.property(scalars, s => {
        assert.equal(curve.decodeScalar(curve.encodeScalar(s)), s);
        if (s === 0n) return;
        const p = curve.multiplyBase(s);
        assert.ok(curve.equalPoints(curve.decodePoint(curve.encodePoint(p)), p));
      }),
      { numRuns: 20 },
    );
  });

  test(`${curve.name}: all ways to multiply and add agree`, () => {
    fc.assert(
      fc.property(scalars, scalars, (a, b) => {
        const [p, q] = [curve.multiplyBase(a), curve.multiplyBase(b)];
        const sum = curve.multiplyBase(curve.addScalars(a, b));
        assert.ok(curve.equalPoints(curve.addPoints(p, q), sum));
        assert.ok(curve.equalPoints(curve.multiply(p, b), curve.multiplyPublic(q, a)));
        assert.ok(
          curve.equalPoints(
            curve.multiplyAddPublic([
              [curve.base, a],
              [q, curve.scalar(1n)],
            ]),
            sum,
          ),
        );
        assert.ok(curve.isIdentity(curve.addPoints(p, curve.negatePoint(p))));
      }),
      { numRuns: 15 },
    );
  });

  test(`I3: ${curve.name}: no bytes decode to a point but those that encode it`, () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: curve.pointBytes, maxLength: curve.pointBytes }), bytes => {
        const point = tryDecodePoint(curve, bytes);
        if (point) assert.deepEqual(Buffer.from(curve.encodePoint(point)), Buffer.from(bytes));
      }),
      { numRuns: 200 },
    );
  });

  test(`I3: ${curve.name}: a point of another length is refused`, () => {
    for (const length of [0, 1, 31, 32, 33, 64, 65].filter(n => n !== curve.pointBytes)) {
      assert.throws(() => curve.decodePoint(new Uint8Array(length).fill(2)), EncodingError);
    }
  });

  test(`${curve.name}: a hash takes every point, the identity too, and no two alike`, () => {
    const points = [curve.identity, curve.base, curve.negatePoint(curve.base), curve.multiplyBase(curve.scalar(2n))];
    const encoded = points.map(point => Buffer.from(curve.encodeForHash(point)).toString('hex'));
    assert.equal(new Set(encoded).size, points.length);
    assert.deepEqual(curve.encodeForHash(curve.base), curve.encodePoint(curve.base));
  });

  test(`${curve.name}: the identity is never encoded`, () => {
    assert.throws(() => curve.encodePoint(curve.identity), RangeError);
  });
}

test(
  'I3: ed25519: ' +
    'the eight points of small order are refused, ' +
    'and what differs by one of them from a right point',
  () => {
    assert.equal(ED25519_TORSION_SUBGROUP.length, 8);
    const right = ed25519.Point.BASE.multiply(7n);
    for (const encoded of ED25519_TORSION_SUBGROUP) {
      const torsion = ed25519.Point.fromHex(encoded);
      assert.throws(() => curves.ed25519.decodePoint(torsion.toBytes()), EncodingError, encoded);
      const mixed = right.add(torsion).toBytes();
      if (torsion.is0()) assert.ok(curves.ed25519.decodePoint(mixed));
      else assert.throws(() => curves.ed25519.decodePoint(mixed), /prime-order group/, encoded);
    }
  },
);

test('I3: ed25519: non-canonical encodings of a point are refused', () => {
  // y at or above the field's prime, and "negative" zero
  const wrong = Array.from({ length: 19 }, (_, i) => [
    edwards(P25519 + BigInt(i)),
    edwards(P25519 + BigInt(i), 1n),
  ]).flat();
  wrong.push(edwards(1n, 1n), edwards(P25519 - 1n, 1n), edwards(2n ** 255n - 1n), edwards(2n ** 255n - 1n, 1n));
  for (const bytes of wrong) assert.throws(() => curves.ed25519.decodePoint(bytes), EncodingError);
  // no x belongs to y = 2
  assert.throws(() => curves.ed25519.decodePoint(edwards(2n)), EncodingError);
});

test('I3: secp256k1: what is not a compressed point on the curve is refused', () => {
  const { x } = secp256k1.Point.BASE.toAffine();
  assert.ok(curves.secp256k1.decodePoint(sec1(2, x)));
  const wrong = [
    ...[0, 1, 4, 5, 6, 7, 0xff].map(prefix => sec1(prefix, x)),
    sec1(2, x + P256K1 < 2n ** 256n ? x + P256K1 : P256K1 + 1n),
    sec1(2, P256K1),
    sec1(3, 2n ** 256n - 1n),
    sec1(2, 0n),
    // 5³ + 7 has no root
    sec1(2, 5n),
    new Uint8Array(33),
  ];
  for (const bytes of wrong) assert.throws(() => curves.secp256k1.decodePoint(bytes), EncodingError);
});

test('a point of one curve is refused where one of the other is needed', () => {
  assert.throws(() => curves.ed25519.addPoints(curves.secp256k1.base), TypeError);
});

test('a scalar is not made from too few uniform bytes', () => {
  assert.throws(() => curves.ed25519.scalarFromUniformBytes(new Uint8Array(47)), RangeError);
  assert.equal(curves.ed25519.scalarFromUniformBytes(new Uint8Array(48)), 0n);
});

test('0 has no inverse; everything else does', () => {
  for (const curve of Object.values(curves)) {
    assert.throws(() => curve.invertScalar(curve.scalar(0n)), RangeError);
    const s = curve.randomScalar();
    assert.equal(curve.multiplyScalars(s, curve.invertScalar(s)), 1n);
  }
});

function tryDecodePoint(curve: Curve, bytes: Uint8Array) {
  try {
    return curve.decodePoint(bytes);
  } catch (error) {
    assert.ok(error instanceof EncodingError, String(error));
    return undefined;
  }
}
