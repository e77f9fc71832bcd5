/** Ring-Pedersen commitments: ePrint 2021/060 (2024), section 3.3. */
import type { CggmpParameters } from '../parameters.ts';
import { jacobi, randomBelow } from './integers.ts';
import { Base, Modulus } from './modulus.ts';
import { PaillierSecretKey, parsePaillierModulus } from './paillier.ts';

/** A verifier's commitment scheme, under which provers show the verifier that their secrets are short. */
export class RingPedersen {
  /** The integers modulo N̂. */
  readonly modulus: Modulus;
  readonly s: bigint;
  readonly t: bigint;

  readonly #s: Base;
  readonly #t: Base;

  private constructor(modulus: Modulus, s: bigint, t: bigint) {
    this.modulus = modulus;
    this.s = s;
    this.t = t;
    this.#s = new Base(modulus, s);
    this.#t = new Base(modulus, t);
  }

  /**
   * Parses the parameters of a peer. Πprm proves that s is a power of t.
   * @throws RangeError naming the fault
   */
  static parse(n: bigint, s: bigint, t: bigint, parameters: CggmpParameters): RingPedersen {
    const modulus = new Modulus(parsePaillierModulus(n, parameters));
    for (const [name, base] of Object.entries({ s, t })) {
      const fault = baseFault(base, modulus);
      if (fault !== undefined) throw new RangeError(`${name} is ${fault}`);
    }
    if (s === t) throw new RangeError('s and t are the same');
    return new RingPedersen(modulus, s, t);
  }

  /**
   * Restores the party's own parameters, which were generated before.
   * @throws RangeError naming the fault
   */
  static restore(p: bigint, q: bigint, s: bigint, t: bigint, parameters: CggmpParameters): RingPedersen {
    const modulus = new PaillierSecretKey(p, q, parameters).key.n;
    if (!modulus.areUnits(s, t) || s === t) throw new RangeError('s or t is none');
    return new RingPedersen(modulus, s, t);
  }

  /** Generates the party's own parameters, with the secret λ for which s = t^λ. */
  static generate(p: bigint, q: bigint, parameters: CggmpParameters): RingPedersenSecret {
    const factored = new PaillierSecretKey(p, q, parameters);
    const modulus = factored.key.n;
    const lambda = randomBelow(factored.order);
    const t = modulus.power(factored.key.randomNonce(), 2n);
    return new RingPedersenSecret(new RingPedersen(modulus, modulus.power(t, lambda), t), lambda, factored.order);
  }

  /** Returns s^x · t^r mod N̂, for integers of any sign. */
  commit(x: bigint, r: bigint): bigint {
    return this.modulus.multiply(this.#s.power(x), this.#t.power(r));
  }
}

/** The party's own parameters with λ and the order of Z*_N̂, which are in private fields: nothing prints them. */
export class RingPedersenSecret {
  /** The public part, with the factors of its modulus inside. */
  readonly ring: RingPedersen;
  readonly #lambda: bigint;
  readonly #order: bigint;

  constructor(ring: RingPedersen, lambda: bigint, order: bigint) {
    this.ring = ring;
    this.#lambda = lambda;
    this.#order = order;
  }

  /** Returns λ and the order, for the proof that there is a λ. */
  witness(): { readonly lambda: bigint; readonly order: bigint } {
    return { lambda: this.#lambda, order: this.#order };
  }
}

/**
 * Returns the reason why a commitment under this base would hide nothing or bind to nothing (attack list P3); undefined
 * if there is none.
 */
function baseFault(base: bigint, modulus: Modulus): string | undefined {
  if (!modulus.areUnits(base)) return 'not in Z*_N';
  if (base === 1n || base === modulus.value - 1n) return '1 or -1';
  if (jacobi(base, modulus.value) !== 1) return 'no square';
  return undefined;
}
