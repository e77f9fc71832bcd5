/**
 * Paillier encryption (EUROCRYPT 1999) with base 1 + N, as in ePrint 2021/060 (2024), section 3.2. Plaintexts are
 * signed: they are the representatives in (-N/2, N/2).
 */
import { checkPrimeSync } from 'node:crypto';
import { modInv } from 'bigint-crypto-utils';
import type { CggmpParameters } from '../parameters.ts';
import { bitLength, randomBelow } from './integers.ts';
import { FactoredModulus, Modulus } from './modulus.ts';

declare const paillierModulus: unique symbol;

/**
 * The N of a peer: of exactly the right length, odd and composite. Πmod and Πfac prove that N is the product of two
 * large primes.
 */
export type PaillierModulus = bigint & { readonly [paillierModulus]: never };

/** Returns the reason why a number is no modulus; undefined if it may be one (attack list P1). */
export function modulusFault(n: bigint, { primeBits }: CggmpParameters): string | undefined {
  if (bitLength(n) !== 2 * primeBits) return `a modulus of ${bitLength(n)} bits where ${2 * primeBits} belong`;
  if ((n & 1n) === 0n) return 'an even modulus';
  if (checkPrimeSync(n)) return 'a prime modulus';
  return undefined;
}

/** @throws RangeError naming the fault */
export function parsePaillierModulus(n: bigint, parameters: CggmpParameters): PaillierModulus {
  const fault = modulusFault(n, parameters);
  if (fault !== undefined) throw new RangeError(fault);
  return n as PaillierModulus;
}

/** An element of Z*_{N²}, which was checked to be one or made as one. */
export type Ciphertext = bigint;

/** A public key, with the operations on ciphertexts that need no secret. */
export class PaillierKey {
  readonly modulus: PaillierModulus;
  /** The integers modulo N, where nonces are. */
  readonly n: Modulus;
  /** The integers modulo N², where ciphertexts are. */
  readonly nn: Modulus;

  /** A party that knows the factors passes factored moduli, which compute faster. */
  constructor(modulus: PaillierModulus, n: Modulus, nn: Modulus) {
    this.modulus = modulus;
    this.n = n;
    this.nn = nn;
  }

  static of(n: PaillierModulus): PaillierKey {
    return new PaillierKey(n, new Modulus(n), new Modulus(n * n));
  }

  /** Returns a uniform element of Z*_N. */
  randomNonce(): bigint {
    const nonce = randomBelow(this.n.value);
    return this.n.areUnits(nonce) ? nonce : this.randomNonce();
  }

  /** Enc(m; nonce) = (1 + N)^m · nonce^N mod N², where (1 + N)^m is 1 + m·N. */
  encrypt(m: bigint, nonce: bigint): Ciphertext {
    return this.nn.multiply(1n + this.n.reduce(m) * this.n.value, this.nn.power(nonce, this.n.value));
  }

  /** Returns a ciphertext of the sum of the plaintexts. */
  add(...ciphertexts: Ciphertext[]): Ciphertext {
    return this.nn.multiply(...ciphertexts);
  }

  /** Returns a ciphertext of k times the plaintext, for any integer k. */
  multiply(ciphertext: Ciphertext, k: bigint): Ciphertext {
    return this.nn.power(ciphertext, k);
  }

  /**
   * Whether all numbers are in Z*_{N²} (attack list P9): in range, and units modulo N, which is equivalent to units
   * modulo N² and cheaper to tell.
   */
  areCiphertexts(...cs: bigint[]): boolean {
    return cs.every(c => 0n < c && c < this.nn.value) && this.n.areUnits(this.n.multiply(...cs));
  }
}

/** A key with its factors, which are in private fields: nothing prints them. */
export class PaillierSecretKey {
  readonly n: PaillierModulus;
  readonly key: PaillierKey;
  readonly #n: FactoredModulus;
  readonly #p: PrimeFactor;
  readonly #q: PrimeFactor;

  /**
   * Makes a key from two distinct safe primes of exactly `primeBits` bits, whose product has exactly twice as many.
   * @throws RangeError naming what is wrong
   */
  constructor(p: bigint, q: bigint, parameters: CggmpParameters) {
    if (p === q) throw new RangeError('a Paillier key of one prime twice');
    for (const prime of [p, q]) {
      if (bitLength(prime) !== parameters.primeBits || !isSafePrime(prime))
        throw new RangeError(`a factor that is no safe prime of ${parameters.primeBits} bits`);
    }
    this.n = parsePaillierModulus(p * q, parameters);
    this.#n = new FactoredModulus({ prime: p, exponent: 1 }, { prime: q, exponent: 1 });
    this.key = new PaillierKey(
      this.n,
      this.#n,
      new FactoredModulus({ prime: p, exponent: 2 }, { prime: q, exponent: 2 }),
    );
    this.#p = new PrimeFactor(p, q);
    this.#q = new PrimeFactor(q, p);
  }

  /** The order of Z*_N. */
  get order(): bigint {
    return this.#n.order;
  }

  /** Returns the plaintext in (-N/2, N/2). `c` must be in Z*_{N²}. */
  decrypt(c: Ciphertext): bigint {
    const m = this.#n.combine(this.#p.decrypt(c), this.#q.decrypt(c));
    return m > this.n / 2n ? m - this.n : m;
  }

  /** Returns the nonce of a ciphertext in Z*_{N²}, which is the N-th root of the ciphertext modulo N. */
  nonceOf(c: Ciphertext): bigint {
    return this.#n.power(c, modInv(this.n, this.order));
  }

  /** Returns the factors, for the proofs about them. */
  factors(): { readonly p: bigint; readonly q: bigint } {
    return { p: this.#p.field.value, q: this.#q.field.value };
  }
}

/** One of the two primes, with the values that decryption needs. */
class PrimeFactor {
  readonly field: Modulus;
  readonly #square: Modulus;
  /** L((1 + N)^(p-1) mod p²)^-1 mod p, where L(x) = (x - 1) / p. The value of L there is -q mod p. */
  readonly #divisor: bigint;

  constructor(prime: bigint, other: bigint) {
    this.field = new Modulus(prime);
    this.#square = new Modulus(prime * prime);
    this.#divisor = this.field.invert(-other);
  }

  /** L(c^(p-1) mod p²) / L((1 + N)^(p-1) mod p²) mod p. */
  decrypt(c: Ciphertext): bigint {
    const prime = this.field.value;
    return this.field.multiply((this.#square.power(c, prime - 1n) - 1n) / prime, this.#divisor);
  }
}

const isSafePrime = (n: bigint): boolean => checkPrimeSync(n) && checkPrimeSync((n - 1n) / 2n);
