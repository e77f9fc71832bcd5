/**
 * The lengths of all numbers: ePrint 2021/060 (2024), appendix C.1, with the bounds of cggmp24 0.7 for challenges of
 * 128 bits.
 */
export interface CggmpParameters {
  readonly level: SecurityLevel;
  /** The bits of each prime of a Paillier or ring-Pedersen modulus; the modulus has exactly twice as many. */
  readonly primeBits: number;
  /** ℓ: secrets of the curve are in ±2^ℓ. */
  readonly ell: number;
  /** ℓ': the mask of a product of two secrets is in ±2^ℓ'. */
  readonly ellPrime: number;
  /** ε: the number of bits by which a mask is longer than the value that it hides. */
  readonly epsilon: number;
  /** The bits of a challenge, and the number of repetitions of a proof whose challenges have one bit. */
  readonly challengeBits: number;
}

/** The bits of security against factoring: 112 is Paillier with 2048 bits, 128 is Paillier with 3072 bits. */
export type SecurityLevel = 112 | 128;

const common = { ell: 256, ellPrime: 848, epsilon: 230, challengeBits: 128 } as const;

export const cggmpParameters: { readonly [level in SecurityLevel]: CggmpParameters } = {
  112: { level: 112, primeBits: 1024, ...common },
  128: { level: 128, primeBits: 1536, ...common },
};
