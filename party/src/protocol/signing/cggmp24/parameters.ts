/** How long everything is: ePrint 2021/060 (2024), appendix C.1, with the bounds of cggmp24 0.7 for challenges of 128 bits. */
export interface CggmpParameters {
  readonly level: SecurityLevel;
  /** Bits of each prime of a Paillier or ring-Pedersen modulus, which has exactly twice as many. */
  readonly primeBits: number;
  /** ℓ: secrets of the curve are in ±2^ℓ. */
  readonly ell: number;
  /** ℓ': what masks a product of two secrets is in ±2^ℓ'. */
  readonly ellPrime: number;
  /** ε: how much longer a mask is than what it hides. */
  readonly epsilon: number;
  /** Bits of a challenge, and repetitions of a proof with challenges of one bit. */
  readonly challengeBits: number;
}

/** Bits of security against factoring: 112 is Paillier with 2048 bits, 128 with 3072. */
export type SecurityLevel = 112 | 128;

const common = { ell: 256, ellPrime: 848, epsilon: 230, challengeBits: 128 } as const;

export const cggmpParameters: { readonly [level in SecurityLevel]: CggmpParameters } = {
  112: { level: 112, primeBits: 1024, ...common },
  128: { level: 128, primeBits: 1536, ...common },
};
