/**
 * Modular exponentiation in OpenSSL, whose BN_mod_exp_mont_consttime (Montgomery multiplication, windows of fixed width) takes the same
 * time for every exponent of a length, and a sixth of what BigInt takes. The way there from Node is a Diffie-Hellman object: its shared
 * secret is base^exponent. It is made once for a modulus, for OpenSSL tests its modulus for being prime.
 *
 * Bases and exponents of Diffie-Hellman that give away a secret are refused by OpenSSL. Here they are ordinary numbers which a peer
 * may send, so they are treated apart: bases 0 and ±1, exponent 0, and results ±1.
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

  /** The representative in [0, value). */
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

  /** Whether all are in (0, value) and have inverses: one greatest common divisor, of their product, tells it. */
  areUnits(...ns: bigint[]): boolean {
    return ns.every(n => 0n < n && n < this.value) && this.hasInverse(this.multiply(...ns));
  }

  /**
   * Whether left = a · base^exponent, all of it public. A negative exponent goes to the other side, so that nothing is inverted.
   */
  isProduct(left: bigint, a: bigint, base: bigint, exponent: bigint): boolean {
    return exponent < 0n
      ? this.multiply(left, this.power(base, -exponent)) === this.reduce(a)
      : this.reduce(left) === this.multiply(a, this.power(base, exponent));
  }

  /** Of a number in [0, value). */
  protected hasInverse(n: bigint): boolean {
    return gcd(n, this.value) === 1n;
  }

  /**
   * base^exponent, in a time that tells only how long the exponent is, and its sign.
   * @throws RangeError if the base must be inverted and cannot be, or some power of it is 0 and it is not
   */
  power(base: bigint, exponent: bigint): bigint {
    if (exponent < 0n) return this.power(this.invert(base), -exponent);
    const b = this.reduce(base);
    if (exponent === 0n) return 1n;
    if (b === 0n || b === 1n) return b;
    if (b === this.value - 1n) return (exponent & 1n) === 0n ? 1n : b;
    return this.#compute(b, exponent) ?? this.#unitOf(b, exponent);
  }

  /** The power was refused, so it is 1 or -1, and the next one is ±base: which it is tells which. */
  #unitOf(base: bigint, exponent: bigint): bigint {
    const next = this.#compute(base, exponent + 1n);
    if (next === base) return 1n;
    if (next === this.value - base) return this.value - 1n;
    throw new RangeError('a base that is not a unit, of which a power is 0');
  }

  /** Undefined if OpenSSL refuses the result: 0, 1 or -1. */
  #compute(base: bigint, exponent: bigint): bigint | undefined {
    // the generator plays no part; the object keeps a copy of the last exponent, secret or not, until the next one or its own end
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

/** A modulus whose two factors are known: exponentiation modulo each, put together by the Chinese remainder theorem. */
export class FactoredModulus extends Modulus {
  readonly #p: Factor;
  readonly #q: Factor;
  /** q^-1 mod p, of the prime powers. */
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

  /** @throws RangeError unless base is a unit: of others, exponents cannot be reduced */
  override power(base: bigint, exponent: bigint): bigint {
    const b = this.reduce(base);
    if (!this.hasInverse(b)) throw new RangeError('a base that is not a unit');
    return this.combine(this.#p.power(b, exponent), this.#q.power(b, exponent));
  }

  /** The number that is `p` modulo the first factor and `q` modulo the second. */
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
