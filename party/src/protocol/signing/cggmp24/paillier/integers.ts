/**
 * Integers of any size: random integers, and encodings of fixed width, so that the length of a message does not depend
 * on its content.
 */
import { randomBytes } from 'node:crypto';
import { bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js';
import { EncodingError } from '../../../curve/curve.ts';
import { bytes, type Layout, mapped } from '../../../session/codec.ts';

/** Returns the position of the highest bit that is set, counted from 1; 0 for 0. */
export const bitLength = (n: bigint): number => (n === 0n ? 0 : n.toString(2).length);

/** Returns a uniform integer in [0, bound), by rejection. */
export function randomBelow(bound: bigint): bigint {
  const bits = bitLength(bound - 1n);
  const width = Math.ceil(bits / 8);
  const surplus = BigInt(8 * width - bits);
  for (;;) {
    const n = bytesToNumberBE(randomBytes(width)) >> surplus;
    if (n < bound) return n;
  }
}

/** Returns a uniform integer in [-bound, bound]. */
export const randomWithin = (bound: bigint): bigint => randomBelow(2n * bound + 1n) - bound;

/** Whether n is in [-bound, bound]. */
export const isWithin = (n: bigint, bound: bigint): boolean => -bound <= n && n <= bound;

/** The encoding of an integer in [0, 2^bits). */
export const natural = (bits: number): Layout<bigint> => {
  const width = Math.ceil(bits / 8);
  return mapped(
    bytes(width),
    encoded => {
      const n = bytesToNumberBE(encoded);
      if (n >> BigInt(bits) !== 0n) throw new EncodingError(`an integer of more than ${bits} bits`);
      return n;
    },
    n => numberToBytesBE(n, width),
  );
};

/** The encoding of an integer in (-2^bits, 2^bits): its sign, then its magnitude. There is no negative zero. */
export const integer = (bits: number): Layout<bigint> => {
  const width = Math.ceil(bits / 8);
  return mapped(
    bytes(1 + width),
    encoded => {
      const [sign] = encoded;
      const n = bytesToNumberBE(encoded.subarray(1));
      if (n >> BigInt(bits) !== 0n) throw new EncodingError(`an integer of more than ${bits} bits`);
      if (sign === 0) return n;
      if (sign === 1 && n > 0n) return -n;
      throw new EncodingError('an integer with a sign that is none');
    },
    n => Buffer.concat([Uint8Array.of(n < 0n ? 1 : 0), numberToBytesBE(n < 0n ? -n : n, width)]),
  );
};

/** Returns the Jacobi symbol (a/n) for odd n > 0. For public numbers only: the running time reveals them. */
export function jacobi(a: bigint, n: bigint): -1 | 0 | 1 {
  let [top, bottom, sign] = [((a % n) + n) % n, n, 1];
  while (top !== 0n) {
    while ((top & 1n) === 0n) {
      top >>= 1n;
      const residue = bottom & 7n;
      if (residue === 3n || residue === 5n) sign = -sign;
    }
    [top, bottom] = [bottom, top];
    if ((top & 3n) === 3n && (bottom & 3n) === 3n) sign = -sign;
    top %= bottom;
  }
  if (bottom !== 1n) return 0;
  return sign === 1 ? 1 : -1;
}
