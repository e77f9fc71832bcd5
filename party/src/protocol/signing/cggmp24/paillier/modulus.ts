/**
 * Modular exponentiation in OpenSSL. Its BN_mod_exp_mont_consttime (Montgomery multiplication, windows of fixed width)
 * takes the same time for every exponent of one length, and a sixth of the time that BigInt takes. Node reaches this
 * function through a Diffie-Hellman object, whose shared secret is base^exponent. The object is made once for a
 * modulus, because OpenSSL then tests whether the modulus is prime.
 *
 * OpenSSL refuses the bases and exponents of Diffie-Hellman that give away a secret. Here these are ordinary numbers,
 * which a peer may send, so they are treated apart: bases 0 and ±1, exponent 0, and results ±1.
 */
import { createDiffieHellman, type DiffieHellman } from 'node:crypto';
import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { gcd, modInv } from 'bigint-crypto-utils';
import { bitLength } from './integers.ts';

const MIN_BITS = 512;
const MAX_BITS = 10_000;

/** The integers modulo an odd number. */
export class Modulus {
  readonly value: bigint;
  readonly bits: number;
  #group: DiffieHellman | undefined;

  /** @throws RangeError for an even number, or one of less than 512 or more than 10,000 bits */
  constructor(value: bigint) {
    this.value = value;
    this.bits = bitLength(value);
    if ((value & 1n) === 0n || value < 0n) throw new RangeError('a modulus must be odd and positive');
    if (this.bits < MIN_BITS || this.bits > MAX_BITS)
      throw new RangeError(`a modulus of ${this.bits} bits: ${MIN_BITS} to ${MAX_BITS} are possible`);
  }

  get bytes(): number {
    return Math.ceil(this.bits / 8);
  }

  /** Returns the representative of n in [0, value). */
  reduce(n: bigint): bigint {
    const rest = n % this.value;
    return rest < 0n ? rest + this.value : rest;
  }

  multiply(...factors: bigint[]): bigint {
    return factors.reduce((product, factor) => this.reduce(product * factor), 1n);
  }

  /** @throws RangeError unless n is a unit */
  invert(n: bigint): bigint {
    return modInv(this.reduce(n), this.value);
  }

  /**
   * Whether all numbers are in (0, value) and have inverses: one greatest common divisor, that of their product, tells
   * it.
   */
  areUnits(...ns: bigint[]): boolean {
    return ns.every(n => 0n < n && n < this.value) && this.hasInverse(this.multiply(...ns));
  }

  /**
   * Whether left = a · base^exponent, where all numbers are public. A negative exponent goes to the other side, so that
   * nothing is inverted.
   */
  isProduct(left: bigint, a: bigint, base: bigint, exponent: bigint): boolean {
    return exponent < 0n
      ? this.multiply(left, this.power(base, -exponent)) === this.reduce(a)
      : this.reduce(left) === this.multiply(a, this.power(base, exponent));
  }

  /** Whether a number in [0, value) has an inverse. */
  protected hasInverse(n: bigint): boolean {
    return gcd(n, this.value) === 1n;
  }

  /**
   * Returns base^exponent, in a time that reveals only the length and the sign of the exponent.
   * @throws RangeError if the base must be inverted and cannot be, or if the base is not 0 but some power of it is
   */
  power(base: bigint, exponent: bigint): bigint {
    if (exponent < 0n) return this.power(this.invert(base), -exponent);
    const b = this.reduce(base);
    if (exponent === 0n) return 1n;
    if (b === 0n || b === 1n) return b;
    if (b === this.value - 1n) return (exponent & 1n) === 0n ? 1n : b;
    return this.#compute(b, exponent) ?? this.#unitOf(b, exponent);
  }

  /**
   * Returns a power that OpenSSL has refused, which is therefore 1 or -1: the next power, which is ±base, tells which.
   */
  #unitOf(base: bigint, exponent: bigint): bigint {
    const next = this.#compute(base, exponent + 1n);
    if (next === base) return 1n;
    if (next === this.value - base) return this.value - 1n;
    throw new RangeError('a base that is not a unit, of which a power is 0');
  }

  /** Returns undefined if OpenSSL refuses the result: 0, 1 or -1. */
  #compute(base: bigint, exponent: bigint): bigint | undefined {
    // the generator plays no part; the object keeps a copy of the last exponent, secret or not, until it is given the
    // next exponent or is destroyed
    this.#group ??= createDiffieHellman(numberToBytesBE(this.value, this.bytes), 2);
    this.#group.setPrivateKey(numberToBytesBE(exponent, Math.ceil(bitLength(exponent) / 8)));
    try {
      return bytesToNumberBE(this.#group.computeSecret(numberToBytesBE(base, this.bytes)));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_CRYPTO_OPERATION_FAILED') return undefined;
      throw error;
    }
  }
}

/** A base that is raised to powers of either sign again and again: it is inverted once. */
export class Base {
  readonly #modulus: Modulus;
  readonly #base: bigint;
  #inverse: bigint | undefined;

  constructor(modulus: Modulus, base: bigint) {
    this.#modulus = modulus;
    this.#base = base;
  }

  /** @throws RangeError for a negative exponent, unless the base is a unit */
  power(exponent: bigint): bigint {
    if (exponent >= 0n) return this.#modulus.power(this.#base, exponent);
    this.#inverse ??= this.#modulus.invert(this.#base);
    return this.#modulus.power(this.#inverse, -exponent);
  }
}

/** A power of a prime: p or p². */
export interface PrimePower {
  readonly prime: bigint;
  readonly exponent: 1 | 2;
}

/**
 * A modulus whose two factors are known. Powers are computed modulo each factor, and put together by the Chinese
 * remainder theorem.
 */
export class FactoredModulus extends Modulus {
  readonly #p: Factor;
  readonly #q: Factor;
  /** q^-1 mod p, where p and q are the prime powers. */
  readonly #inverse: bigint;

  constructor(p: PrimePower, q: PrimePower) {
    const [first, second] = [new Factor(p), new Factor(q)];
    super(first.modulus.value * second.modulus.value);
    this.#p = first;
    this.#q = second;
    this.#inverse = first.modulus.invert(second.modulus.value);
  }

  /** The order of the group of units. */
  get order(): bigint {
    return this.#p.order * this.#q.order;
  }

  protected override hasInverse(n: bigint): boolean {
    return this.#p.isUnit(n) && this.#q.isUnit(n);
  }

  /** @throws RangeError unless the base is a unit: the exponent of another base cannot be reduced */
  override power(base: bigint, exponent: bigint): bigint {
    const b = this.reduce(base);
    if (!this.hasInverse(b)) throw new RangeError('a base that is not a unit');
    return this.combine(this.#p.power(b, exponent), this.#q.power(b, exponent));
  }

  /** Returns the number that is `p` modulo the first factor and `q` modulo the second. */
  combine(p: bigint, q: bigint): bigint {
    return q + this.#q.modulus.value * this.#p.modulus.reduce((p - q) * this.#inverse);
  }
}

class Factor {
  readonly modulus: Modulus;
  readonly order: bigint;
  readonly #prime: bigint;

  constructor({ prime, exponent }: PrimePower) {
    this.#prime = prime;
    this.modulus = new Modulus(exponent === 1 ? prime : prime * prime);
    this.order = exponent === 1 ? prime - 1n : prime * (prime - 1n);
  }

  isUnit(n: bigint): boolean {
    return n % this.#prime !== 0n;
  }

  power(base: bigint, exponent: bigint): bigint {
    const reduced = exponent % this.order;
    return this.modulus.power(base, reduced < 0n ? reduced + this.order : reduced);
  }
}
