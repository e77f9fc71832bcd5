import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { numberToBytesBE } from '@noble/curves/utils.js';
import fc from 'fast-check';
import { EncodingError } from '../../../curve/curve.ts';
import { bitLength, integer, jacobi, natural, randomBelow, randomWithin } from './integers.ts';

describe('encodings', () => {
  test('what is encoded is decoded, in one length for all', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 100n - 1n }), n => {
        assert.equal(natural(100).decode(natural(100).encode(n)), n);
        assert.equal(natural(100).encode(n).length, 13);
        for (const signed of [n, -n]) {
          assert.equal(integer(100).decode(integer(100).encode(signed)), signed);
          assert.equal(integer(100).encode(signed).length, 14);
        }
      }),
    );
  });

  test('what is too long, or has no canonical encoding, is refused', () => {
    assert.throws(() => natural(100).decode(numberToBytesBE(2n ** 100n, 13)), EncodingError);
    assert.throws(() => natural(100).encode(2n ** 104n), RangeError);
    assert.throws(() => natural(100).encode(-1n), RangeError);
    assert.throws(() => integer(100).decode(new Uint8Array([1, ...new Uint8Array(13)])), EncodingError);
    assert.throws(() => integer(100).decode(new Uint8Array([2, ...numberToBytesBE(5n, 13)])), EncodingError);
    assert.throws(() => integer(100).decode(new Uint8Array([0, ...numberToBytesBE(2n ** 100n, 13)])), EncodingError);
    assert.throws(() => natural(100).decode(new Uint8Array(12)), EncodingError);
  });
});

test('the length of an integer is the position of its highest bit', () => {
  assert.deepEqual([0n, 1n, 255n, 256n].map(bitLength), [0, 1, 8, 9]);
});

test('random integers reach both ends of their range, and not beyond', () => {
  const seen = new Set(Array.from({ length: 500 }, () => Number(randomBelow(5n))));
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4]);
  const signed = new Set(Array.from({ length: 500 }, () => Number(randomWithin(2n))));
  assert.deepEqual(
    [...signed].sort((a, b) => a - b),
    [-2, -1, 0, 1, 2],
  );
});

test('the Jacobi symbol is the product of those of Legendre', () => {
  const [p, q] = [1009n, 2003n];
  const legendre = (a: bigint, prime: bigint): number => {
    let power = 1n;
    for (let i = 0n; i < (prime - 1n) / 2n; i++) power = (power * a) % prime;
    return power === prime - 1n ? -1 : Number(power);
  };
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: p * q }), a => {
      assert.equal(jacobi(a, p * q), legendre(a % p, p) * legendre(a % q, q) + 0);
      assert.equal(jacobi(a - p * q, p * q), jacobi(a, p * q));
    }),
  );
});
