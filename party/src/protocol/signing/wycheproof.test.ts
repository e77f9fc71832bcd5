/** The signatures and primes of Project Wycheproof, against our own checks of signatures and of primality. */
import assert from 'node:assert/strict';
import { checkPrimeSync, hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { curves } from '../curve/curve.ts';
import { type EcdsaCurve, verifyEcdsa } from './ecdsa.ts';

type Result = 'valid' | 'invalid' | 'acceptable';

interface Group {
  /** SEC 1, uncompressed. */
  readonly publicKey: string;
  readonly tests: readonly (readonly [id: number, message: string, signature: string, result: Result])[];
}

/** The fields of testvectors_v1 of C2SP/wycheproof that the tests use. */
const vectors = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../../test/vectors/wycheproof-${name}.json`, import.meta.url), 'utf8'));

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

/** Returns the compressed form of the same point. */
const compressed = (publicKey: Uint8Array): Uint8Array =>
  Uint8Array.of(2 + ((publicKey[64] ?? 0) & 1), ...publicKey.subarray(1, 33));

for (const [curve, file] of [
  ['secp256k1', 'ecdsa-secp256k1-sha256-p1363'],
  ['p256', 'ecdsa-secp256r1-sha256-p1363'],
] as const satisfies readonly (readonly [EcdsaCurve, string])[]) {
  test(
    `D10: ${curve}: every signature of Wycheproof is judged as there, but for those with a high s, ` +
      'which are refused',
    () => {
      const judged = { valid: 0, invalid: 0 };
      for (const { publicKey, tests } of vectors(file) as readonly Group[]) {
        for (const [id, message, signature, result] of tests) {
          const digest = new Uint8Array(hash('sha256', hex(message), 'buffer'));
          const isLow = bytesToNumberBE(hex(signature).subarray(32)) <= curves[curve].order / 2n;
          const expected = result === 'valid' && isLow;
          const actual = verifyEcdsa(curve, compressed(hex(publicKey)), digest, hex(signature));
          assert.equal(actual, expected, `test ${id}`);
          judged[actual ? 'valid' : 'invalid'] += 1;
        }
      }
      assert.ok(judged.valid > 50 && judged.invalid > 50, JSON.stringify(judged));
    },
  );
}

test("P10: every number of Wycheproof's list is prime here if and only if it is there", () => {
  const numbers = vectors('primality') as readonly (readonly [id: number, value: string, result: Result])[];
  assert.ok(numbers.length > 300);
  for (const [id, value, result] of numbers) {
    const bytes = hex(value);
    // the numbers are in two's complement: a modulus is never negative, and no prime is longer than a modulus
    if ((bytes[0] ?? 0) >= 0x80 || bytes.length > 385 || result === 'acceptable') continue;
    assert.equal(checkPrimeSync(bytesToNumberBE(bytes)), result === 'valid', `test ${id}`);
  }
});
