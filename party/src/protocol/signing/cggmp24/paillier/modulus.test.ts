import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modPow } from 'bigint-crypto-utils';
import fc from 'fast-check';
import { testPrimes } from '../testing/primes.ts';
import { randomBelow } from './integers.ts';
import { FactoredModulus, Modulus } from './modulus.ts';

const [p = 0n, q = 0n] = testPrimes;
const n = new Modulus(p * q);
const factored = new FactoredModulus({ prime: p, exponent: 1 }, { prime: q, exponent: 1 });
const squared = new FactoredModulus({ prime: p, exponent: 2 }, { prime: q, exponent: 2 });
/** A square root of 1 that is neither 1 nor -1: some of its powers are refused by OpenSSL. */
const root = factored.combine(1n, q - 1n);

const base = fc.oneof(
  fc.bigInt({ min: -(p * q), max: 2n * p * q }),
  fc.constantFrom(0n, 1n, -1n, 2n, root, -root, n.value - 1n, n.value, n.value + 1n),
);
const exponent = fc.oneof(
  fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }),
  fc.bigInt({ min: 0n, max: 2n ** 3000n }),
  fc.constantFrom(0n, 1n, 2n, 3n, -1n, -2n, (p - 1n) * (q - 1n), ((p - 1n) * (q - 1n)) / 2n),
);

test('a power is what BigInt makes of it, with every base and exponent that OpenSSL refuses among them', () => {
  fc.assert(
    fc.property(base, exponent, (b, e) => {
      fc.pre(e >= 0n || n.areUnits(n.reduce(b)));
      assert.equal(n.power(b, e), modPow(b, e, n.value));
    }),
    { numRuns: 400 },
  );
});

test('who knows the factors gets the same powers, modulo N and modulo N²', () => {
  fc.assert(
    fc.property(base, exponent, (b, e) => {
      fc.pre(n.areUnits(n.reduce(b)));
      assert.equal(factored.power(b, e), n.power(b, e));
      assert.equal(squared.power(b, e), modPow(b, e, n.value ** 2n));
    }),
    { numRuns: 200 },
  );
});

test('powers that are 1 or -1 of bases that are neither come out right, where OpenSSL gives none', () => {
  assert.equal(n.power(root, 2n), 1n);
  assert.equal(n.power(root, 3n), root);
  const fourth = new Modulus(5n * 13n ** 150n);
  const minusOne = findRootOfMinusOne(fourth);
  assert.equal(fourth.power(minusOne, 2n), fourth.value - 1n);
  assert.equal(fourth.power(minusOne, 4n), 1n);
});

/** Returns a square root of -1 modulo 5·13^k, by Hensel lifting from 5² = -1 modulo 13. */
function findRootOfMinusOne({ value }: Modulus): bigint {
  const power = value / 5n;
  let x = 5n;
  for (let i = 0; i < 10; i++) x = (x - (x * x + 1n) * new Modulus(power).invert(2n * x)) % power;
  const at = ((x % power) + power) % power;
  for (let lifted = at; ; lifted += power) if (lifted % 5n === 2n) return lifted;
}

test('a base that is nilpotent is refused, and not taken for something else', () => {
  assert.throws(() => new Modulus(p * p).power(p, 2n), RangeError);
  assert.throws(() => factored.power(p, 2n), RangeError);
});

test('units are told by one product, and a single number that is none spoils it', () => {
  const units = Array.from({ length: 5 }, () => randomBelow(n.value));
  for (const modulus of [n, factored]) {
    assert.equal(modulus.areUnits(...units), true);
    for (const wrong of [0n, -1n, n.value, n.value + 1n, p, q, 3n * p]) {
      assert.equal(modulus.areUnits(...units, wrong), false, `${wrong}`);
    }
  }
});

test('moduli that are even, negative, too short or too long are refused', () => {
  for (const wrong of [0n, -(p * q), p * q + 1n, 2n ** 511n - 1n, 2n ** 10_000n + 1n]) {
    assert.throws(() => new Modulus(wrong), RangeError);
  }
});
