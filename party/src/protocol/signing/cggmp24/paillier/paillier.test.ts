import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { PrivateKey, PublicKey } from 'paillier-bigint';
import { testKey, testParameters, testRing } from '../testing/parameters.ts';
import { testPrimes } from '../testing/primes.ts';
import { jacobi } from './integers.ts';
import { Modulus } from './modulus.ts';
import { modulusFault, PaillierKey, PaillierSecretKey, parsePaillierModulus } from './paillier.ts';
import { RingPedersen } from './ring-pedersen.ts';

const secretKey = testKey(0);
const { n } = secretKey;
const key = PaillierKey.of(n);
const { p, q } = secretKey.factors();
const half = n / 2n;
const plaintext = fc.bigInt({ min: -half, max: half });

describe('Paillier', () => {
  test('what is encrypted is decrypted, with its sign, by whoever has the factors and with them', () => {
    fc.assert(
      fc.property(plaintext, m => {
        const nonce = key.randomNonce();
        const c = key.encrypt(m, nonce);
        assert.equal(secretKey.decrypt(c), m);
        assert.equal(secretKey.nonceOf(c), nonce);
        assert.equal(secretKey.key.encrypt(m, nonce), c);
        assert.ok(key.areCiphertexts(c));
      }),
      { numRuns: 30 },
    );
  });

  test('ciphertexts are those of another implementation, and the other way round', () => {
    const theirs = new PublicKey(n, n + 1n);
    const theirSecret = new PrivateKey(0n + lambda(), modInverse(lambda()), theirs, p, q);
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: half }), m => {
        const nonce = key.randomNonce();
        assert.equal(key.encrypt(m, nonce), theirs.encrypt(m, nonce));
        assert.equal(theirSecret.decrypt(key.encrypt(m, nonce)), m);
        assert.equal(secretKey.decrypt(theirs.encrypt(m)), m);
      }),
      { numRuns: 10 },
    );
  });

  test('sums and multiples of ciphertexts hold sums and multiples', () => {
    const small = fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n });
    fc.assert(
      fc.property(small, small, small, (a, b, k) => {
        const [x, y] = [key.encrypt(a, key.randomNonce()), key.encrypt(b, key.randomNonce())];
        assert.equal(secretKey.decrypt(key.add(key.multiply(x, k), y)), a * k + b);
      }),
      { numRuns: 20 },
    );
  });

  test('P9: what is not in Z*_{N²} is no ciphertext', () => {
    for (const c of [0n, -1n, n, n * n, n * n + 1n, p, p * q * 5n]) assert.equal(key.areCiphertexts(c), false);
  });

  test('P1: a modulus of another length, an even one and a prime are refused, by name', () => {
    const long = new Modulus(2n ** 1030n + 1n).value;
    assert.match(modulusFault(n >> 1n, testParameters) ?? '', /1023 bits where 1024 belong/);
    assert.match(modulusFault(long, testParameters) ?? '', /1031 bits/);
    assert.match(modulusFault(n + 1n, testParameters) ?? '', /even/);
    assert.match(modulusFault(2n ** 1024n - 105n, testParameters) ?? '', /prime/);
    assert.throws(() => parsePaillierModulus(n + 1n, testParameters), RangeError);
    assert.equal(modulusFault(n, testParameters), undefined);
  });

  test('P10: a key is of two distinct safe primes of exactly its length', () => {
    const notSafe = 2n ** 511n + 111n;
    assert.throws(() => new PaillierSecretKey(p, p, testParameters), /twice/);
    assert.throws(() => new PaillierSecretKey(p, notSafe, testParameters), /safe prime/);
    assert.throws(() => new PaillierSecretKey(p, q, { ...testParameters, primeBits: 511 }), /safe prime/);
  });

  test('no factor is in what a key prints', () => {
    const printed = inspect(secretKey, { depth: 10, showHidden: true }) + JSON.stringify(Object.keys(secretKey));
    for (const secret of [p, q]) assert.ok(!printed.includes(`${secret}`));
  });
});

describe('ring-Pedersen', () => {
  const secret = testRing(1);
  const { ring } = secret;
  const { lambda: exponent } = secret.witness();
  const { value } = ring.modulus;
  const [factor = 0n] = testPrimes.slice(2);

  test('s is t to the power of lambda, and a commitment is the product of two powers', () => {
    assert.equal(ring.modulus.power(ring.t, exponent), ring.s);
    const peer = RingPedersen.parse(value, ring.s, ring.t, testParameters);
    for (const [x, r] of [
      [5n, 7n],
      [-5n, 7n],
      [5n, -(2n ** 1100n)],
    ] as const) {
      assert.equal(peer.commit(x, r), ring.commit(x, r));
      assert.equal(peer.commit(x, r), ring.modulus.multiply(ring.modulus.power(ring.t, exponent * x + r)));
    }
  });

  test("neither λ nor the order of the group is in what one's own parameters print", () => {
    const printed = inspect(secret, { depth: 10, showHidden: true }) + JSON.stringify(Object.keys(secret));
    for (const number of Object.values(secret.witness())) assert.ok(!printed.includes(`${number}`));
  });

  test('P3: bases that hide nothing or bind to nothing are refused', () => {
    const { s, t } = ring;
    const refused = (bad: { s?: bigint; t?: bigint }, why: RegExp) =>
      assert.throws(() => RingPedersen.parse(value, bad.s ?? s, bad.t ?? t, testParameters), why);
    for (const base of [0n, -1n, value, value + s, factor]) {
      refused({ s: base }, /s is not in Z\*_N/);
      refused({ t: base }, /t is not in Z\*_N/);
    }
    for (const base of [1n, value - 1n]) {
      refused({ s: base }, /s is 1 or -1/);
      refused({ t: base }, /t is 1 or -1/);
    }
    refused({ s: t }, /the same/);
    const noSquare = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n].find(base => jacobi(base, value) === -1);
    refused({ s: noSquare ?? assert.fail() }, /no square/);
  });
});

/** Carmichael's function of N. */
function lambda(): bigint {
  return ((p - 1n) * (q - 1n)) / 2n;
}

/** L((1 + N)^λ mod N²)^-1 is λ^-1 mod N. */
function modInverse(value: bigint): bigint {
  return new Modulus(n).invert(value);
}
