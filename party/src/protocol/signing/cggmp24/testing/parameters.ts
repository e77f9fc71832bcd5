import { PaillierSecretKey } from '../paillier/paillier.ts';
import { RingPedersen, type RingPedersenSecret } from '../paillier/ring-pedersen.ts';
import type { CggmpParameters } from '../parameters.ts';
import { testPrimes } from './primes.ts';

/**
 * Parameters that are quick and not secure: moduli of 1024 bits, 24 repetitions, and bounds that leave 168 bits between
 * a mask and the value that it hides.
 */
export const testParameters: CggmpParameters = {
  level: 112,
  primeBits: 512,
  ell: 256,
  ellPrime: 592,
  epsilon: 192,
  challengeBits: 24,
};

function primesOf(key: number): readonly [bigint, bigint] {
  const [p, q] = testPrimes.slice(2 * key, 2 * key + 2);
  if (p === undefined || q === undefined) throw new RangeError(`there are no test primes for key ${key}`);
  return [p, q];
}

/**
 * Returns the Paillier key of a test, by number: party i has key 2i - 2, and key 2i - 1 for its ring-Pedersen
 * parameters.
 */
export const testKey = (key: number): PaillierSecretKey => new PaillierSecretKey(...primesOf(key), testParameters);

export const testRing = (key: number): RingPedersenSecret => RingPedersen.generate(...primesOf(key), testParameters);
