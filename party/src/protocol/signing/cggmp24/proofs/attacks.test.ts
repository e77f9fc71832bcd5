/** Rows P of the attack list, as far as they are about proofs: forgeries that pass every equation but one check. */
import assert from 'node:assert/strict';
import { checkPrimeSync, generatePrimeSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { gcd, modInv, modPow } from 'bigint-crypto-utils';
import { curves } from '../../../curve/curve.ts';
import { sessionContext } from '../../../session/context.ts';
import { taggedHash } from '../../../session/transcript.ts';
import { bitLength, isWithin } from '../paillier/integers.ts';
import type { PaillierModulus } from '../paillier/paillier.ts';
import { testKey, testParameters, testRing } from '../testing/parameters.ts';
import { testPrimes } from '../testing/primes.ts';
import { affG } from './aff-g.ts';
import { encElg } from './enc-elg.ts';
import { fac } from './fac.ts';
import { mod, modChallenges } from './mod.ts';
import { bitChallenges, scalarChallenge, signedChallenge } from './proof-system.ts';

const curve = curves.secp256k1;
const transcript = sessionContext(taggedHash('test/sid', 1), 'cggmp24/test/v1').proof('role', 1, 2);
const own = testKey(0);
const peer = testKey(2);
const { ring } = testRing(3);
const product = (factors: readonly bigint[]): bigint => factors.reduce((a, b) => a * b, 1n);

test(
  'P2: a modulus of one large and many small primes ' + 'is not proven by a w that is 0 modulo all the small ones',
  () => {
    const [P = 0n] = testPrimes;
    const { small, n } = modulusOf(P);
    const Q = product(small);
    const crt = (modP: bigint, modQ: bigint) => (modP * Q * modInv(Q, P) + modQ * P * modInv(P, Q)) % n;
    const w = crt(1n, 0n);
    const order = (P - 1n) * product(small.map(q => q - 1n));
    const quarter = (P + 1n) / 4n;
    const responses = modChallenges(transcript, n, w, testParameters.challengeBits).map(y => {
      const a = modPow(y, (P - 1n) / 2n, P) !== 1n;
      const x = crt(modPow(a ? -y : y, quarter * quarter, P), 0n);
      const response = { x, a, b: true, z: modPow(y, modInv(n, order), n) };
      assert.equal(modPow(x, 4n, n), ((a ? n - w : w) * y) % n, 'the forgery fits the equation of the fourth root');
      assert.equal(modPow(response.z, n, n), y, 'and that of the N-th root');
      return response;
    });
    const system = mod(testParameters);
    assert.equal(system.verify(transcript, { n: n as PaillierModulus }, { w, responses }), false);
  },
);

/**
 * Returns P times small primes, of exactly the length of a Paillier modulus, and without a common factor with the order
 * of Z*_N.
 */
function modulusOf(P: bigint): { small: readonly bigint[]; n: bigint } {
  const bits = 2 * testParameters.primeBits;
  for (;;) {
    const first = Array.from({ length: 15 }, () => generatePrimeSync(32, { bigint: true }));
    const last = generatePrimeSync(bits + 1 - bitLength(P * product(first)), { bigint: true });
    const small = [...first, last];
    const n = P * product(small);
    const order = (P - 1n) * product(small.map(q => q - 1n));
    if (bitLength(n) === bits && gcd(n, order) === 1n && new Set(small).size === 16) return { small, n };
  }
}

test('P1: a modulus with a small factor is refused by Πfac, however well its factors are known', () => {
  const system = fac(testParameters);
  const p = generatePrimeSync(64, { bigint: true });
  const q = generatePrimeSync(2 * testParameters.primeBits - 64, { bigint: true });
  const statement = { n: (p * q) as PaillierModulus, ring };
  const proof = system.prove(transcript, statement, { p, q });
  assert.equal(system.verify(transcript, statement, proof), false);
  const even = system.prove(transcript, { n: own.n, ring }, own.factors());
  assert.equal(system.verify(transcript, { n: own.n, ring }, even), true);
});

test('P1: a prime modulus is refused by Πmod', () => {
  const prime = 2n ** 1024n - 105n;
  assert.ok(checkPrimeSync(prime));
  const proof = mod(testParameters).prove(transcript, { n: own.n }, own.factors());
  assert.equal(mod(testParameters).verify(transcript, { n: prime as PaillierModulus }, proof), false);
});

describe('P6: numbers that are too long, everything else being right, are refused', () => {
  const { ell, ellPrime, epsilon } = testParameters;

  test('in Πenc-elg', () => {
    const x = 1n << BigInt(ell + epsilon);
    const [rho, b] = [own.key.randomNonce(), curve.randomScalar()];
    const statement = {
      key: own.key,
      C: own.key.encrypt(x, rho),
      A: curve.base,
      B: curve.multiplyBase(b),
      X: curve.multiplyBase(curve.addScalars(b, curve.scalar(x))),
      ring,
    };
    const system = encElg(testParameters, curve);
    assert.equal(system.verify(transcript, statement, system.prove(transcript, statement, { x, rho, b })), false);
  });

  for (const [name, x, y] of [
    ['the factor', 1n << BigInt(ell + epsilon), 5n],
    ['the negative factor', -(1n << BigInt(ell + epsilon)), 5n],
    ['the mask', 5n, 1n << BigInt(ellPrime + epsilon)],
    ['the negative mask', 5n, -(1n << BigInt(ellPrime + epsilon))],
  ] as const) {
    test(`in Πaff-g: ${name}`, () => {
      const [rho, rhoY] = [peer.key.randomNonce(), own.key.randomNonce()];
      const C = peer.key.encrypt(7n, peer.key.randomNonce());
      const statement = {
        key0: peer.key,
        key1: own.key,
        C,
        D: peer.key.add(peer.key.multiply(C, x), peer.key.encrypt(y, rho)),
        Y: own.key.encrypt(y, rhoY),
        X: curve.multiplyBase(curve.scalar(x)),
        ring,
      };
      const system = affG(testParameters, curve);
      const proof = system.prove(transcript, statement, { x, y, rho, rhoY });
      assert.equal(system.verify(transcript, statement, proof), false);
    });
  }

  test('and the bounds themselves belong to the range, with either sign', () => {
    for (const bound of [1n, 2n ** 448n]) {
      for (const n of [bound, -bound]) assert.equal(isWithin(n, bound), true);
      for (const n of [bound + 1n, -bound - 1n]) assert.equal(isWithin(n, bound), false);
    }
  });
});

describe('P4: challenges are as wide as they look', () => {
  const transcripts = Array.from({ length: 300 }, (_, i) => transcript.absorb('try', i));

  test('each bit of a repeated challenge is seen as 0 and as 1, about as often', () => {
    const all = transcripts.map(t => bitChallenges(t, 128));
    assert.equal(new Set(all.map(bits => bits.join())).size, 300, 'no challenge comes twice');
    for (let i = 0; i < 128; i++) {
      const ones = all.filter(bits => bits[i]).length;
      assert.ok(ones > 75 && ones < 225, `bit ${i} was 1 in ${ones} of 300`);
    }
  });

  test('each bit and the sign of an integer challenge are seen as 0 and as 1, and so are those of a scalar', () => {
    const signed = transcripts.map(t => signedChallenge(t, 128));
    assert.ok(signed.some(e => e < 0n) && signed.some(e => e > 0n) && signed.every(e => isWithin(e, 2n ** 128n)));
    const magnitudes = signed.map(e => (e < 0n ? -e : e));
    const scalars = transcripts.map(t => scalarChallenge(t, curve) as bigint);
    for (const [numbers, width] of [
      [magnitudes, 128],
      [scalars, 256],
    ] as const) {
      for (let i = 0; i < width; i++) {
        const ones = numbers.filter(n => (n >> BigInt(i)) & 1n).length;
        assert.ok(ones > 75 && ones < 225, `bit ${i} was 1 in ${ones} of 300`);
      }
    }
  });

  test('each N-th root that Πmod asks for is its own', () => {
    const ys = modChallenges(transcript, own.n, 2n, 128);
    assert.equal(new Set(ys).size, 128);
    assert.ok(ys.every(y => bitLength(y) > 900));
  });
});
