import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { curves } from '../curve/curve.ts';
import { lagrangeCoefficient } from './interpolation.ts';
import { evaluate } from './polynomial.ts';

const curve = curves.ed25519;
const scalar = fc.bigInt({ min: 0n, max: curve.order - 1n }).map(curve.scalar);

test('as many values of a polynomial as it has coefficients, or more, give its value at 0', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 1, maxLength: 8 }),
      fc.array(scalar, { minLength: 1, maxLength: 8 }),
      (parties, coefficients) => {
        const polynomial = coefficients.slice(0, parties.length);
        const terms = parties.map(party =>
          curve.multiplyScalars(lagrangeCoefficient(curve, parties, party), evaluate(curve, polynomial, party)),
        );
        assert.equal(curve.addScalars(...terms), polynomial[0]);
      },
    ),
  );
});

test('I2: a party that is 0, there twice or not among the parties has no coefficient', () => {
  for (const [parties, party] of [
    [[0, 1, 2], 1],
    [[0, 1, 2], 0],
    [[1, 2, 2], 1],
    [[1, 2, 2], 2],
    [[1, 2], 3],
    [[], 1],
  ] as const) {
    assert.throws(() => lagrangeCoefficient(curve, parties, party), RangeError);
  }
});
