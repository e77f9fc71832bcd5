/**
 * Πmod: N is the product of two primes, both 3 modulo 4, and has no common factor with φ(N). ePrint 2021/060 (2024),
 * section 5.2, figure 12.
 */
import { bytesToNumberBE } from '@noble/curves/utils.js';
import { modInv } from 'bigint-crypto-utils';
import { EncodingError } from '../../../curve/curve.ts';
import { type Layout, list, mapped, struct, uint } from '../../../session/codec.ts';
import type { Transcript } from '../../../session/transcript.ts';
import { jacobi, natural, randomBelow } from '../paillier/integers.ts';
import { FactoredModulus, Modulus } from '../paillier/modulus.ts';
import { modulusFault, type PaillierModulus } from '../paillier/paillier.ts';
import type { CggmpParameters } from '../parameters.ts';
import type { SigmaProtocol } from './proof-system.ts';

export interface ModStatement {
  readonly n: PaillierModulus;
}

export interface ModWitness {
  readonly p: bigint;
  readonly q: bigint;
}

interface ModResponse {
  /** A fourth root of (-1)^a · w^b · y. */
  readonly x: bigint;
  readonly a: boolean;
  readonly b: boolean;
  /** An N-th root of y. */
  readonly z: bigint;
}

export interface ModProof {
  /** A number whose Jacobi symbol is -1. */
  readonly w: bigint;
  readonly responses: readonly ModResponse[];
}

const bit: Layout<boolean> = mapped(
  uint(1),
  n => {
    if (n > 1) throw new EncodingError(`${n} is no bit`);
    return n === 1;
  },
  value => (value ? 1 : 0),
);

export const modProof = ({ primeBits, challengeBits }: CggmpParameters) => {
  const residue = natural(2 * primeBits);
  return struct<ModProof>({
    w: residue,
    responses: list(struct<ModResponse>({ x: residue, a: bit, b: bit, z: residue }), challengeBits),
  });
};

export const mod = (parameters: CggmpParameters): SigmaProtocol<ModStatement, ModWitness, ModProof> => ({
  challenge: (transcript, { n }, { w }) => modChallenges(transcript, n, w, parameters.challengeBits),
  prove(transcript, { n }, { p, q }) {
    const roots = new Roots(p, q);
    const w = nonSquare(n);
    const responses = modChallenges(transcript, n, w, parameters.challengeBits).map(y => ({
      ...roots.fourthRoot(y, w),
      z: roots.nthRoot(y),
    }));
    return { w, responses };
  },
  verify(transcript, { n }, { w, responses }) {
    if (responses.length !== parameters.challengeBits || modulusFault(n, parameters) !== undefined) return false;
    const modulus = new Modulus(n);
    const ys = modChallenges(transcript, n, w, parameters.challengeBits);
    if (!modulus.areUnits(w, ...ys, ...responses.flatMap(({ x, z }) => [x, z])) || jacobi(w, n) !== -1) return false;
    return responses.every((response, i) => isAnswer(modulus, w, ys[i] ?? 0n, response));
  },
});

const isAnswer = (modulus: Modulus, w: bigint, y: bigint, { x, a, b, z }: ModResponse): boolean =>
  modulus.power(x, 4n) === modulus.multiply(a ? -1n : 1n, b ? w : 1n, y) && modulus.power(z, modulus.value) === y;

/** Returns y_1 to y_m, each uniform modulo n, from one hash of the whole statement and of w. */
export function modChallenges(transcript: Transcript, n: bigint, w: bigint, count: number): readonly bigint[] {
  const width = Math.ceil(n.toString(16).length / 2) + 16;
  const bytes = transcript
    .absorb('modulus', n)
    .absorb('w', w)
    .bytes(count * width);
  return Array.from({ length: count }, (_, i) => bytesToNumberBE(bytes.subarray(i * width, (i + 1) * width)) % n);
}

function nonSquare(n: bigint): bigint {
  const w = randomBelow(n);
  return jacobi(w, n) === -1 ? w : nonSquare(n);
}

/** Roots modulo N, computed from its two primes, both 3 modulo 4. */
class Roots {
  readonly #modulus: FactoredModulus;
  readonly #p: Modulus;
  readonly #q: Modulus;
  /** N^-1 mod φ(N). */
  readonly #inverse: bigint;

  constructor(p: bigint, q: bigint) {
    this.#modulus = new FactoredModulus({ prime: p, exponent: 1 }, { prime: q, exponent: 1 });
    this.#p = new Modulus(p);
    this.#q = new Modulus(q);
    this.#inverse = modInv(p * q, this.#modulus.order);
  }

  nthRoot(y: bigint): bigint {
    return this.#modulus.power(y, this.#inverse);
  }

  /**
   * Exactly one choice of a and b makes (-1)^a · w^b · y a square modulo both primes. One square root of that number is
   * itself a square, and so has a root.
   */
  fourthRoot(y: bigint, w: bigint): Omit<ModResponse, 'z'> {
    for (const a of [false, true]) {
      for (const b of [false, true]) {
        const target = this.#modulus.multiply(a ? -1n : 1n, b ? w : 1n, y);
        const [p, q] = [fourthRootModulo(this.#p, target), fourthRootModulo(this.#q, target)];
        if (p !== undefined && q !== undefined) return { x: this.#modulus.combine(p, q), a, b };
      }
    }
    throw new Error('a modulus whose primes are not 3 modulo 4');
  }
}

/**
 * Returns target^(((p+1)/4)²), which is a fourth root of the target if there is one: the power (p+1)/4 of a square is
 * the square root that is itself a square. Returns undefined if there is none.
 */
function fourthRootModulo(p: Modulus, target: bigint): bigint | undefined {
  const quarter = (p.value + 1n) / 4n;
  const root = p.power(target, (quarter * quarter) % (p.value - 1n));
  return p.power(root, 4n) === p.reduce(target) ? root : undefined;
}
