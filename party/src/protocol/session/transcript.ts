/**
 * Hashing that cannot be misread. Everything absorbed is length-prefixed and typed, so that different inputs never give
 * the same bytes (attack list F1, F2). Every hash carries the tag of its use (F5). SHA-512/256 admits no length
 * extension (F7).
 */
import { hash } from 'node:crypto';
import { numberToVarBytesBE } from '@noble/curves/utils.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * What can be absorbed: bytes, text, a non-negative integer below 2^32, any integer as a bigint, or a list of these.
 */
export type Absorbable = Uint8Array | string | number | bigint | readonly Absorbable[];

const TYPE = { bytes: 0, text: 1, number: 2, list: 3, natural: 4, negative: 5 } as const;

/**
 * Returns an injective encoding: different values have different encodings.
 * @throws RangeError for a number or text that is not absorbable
 */
export function encodeUnambiguously(value: Absorbable): Uint8Array {
  if (value instanceof Uint8Array) return tagged(TYPE.bytes, value);
  if (typeof value === 'string') return tagged(TYPE.text, wellFormed(value));
  if (typeof value === 'number') return tagged(TYPE.number, uint32(value));
  if (typeof value === 'bigint') {
    return value < 0n
      ? tagged(TYPE.negative, numberToVarBytesBE(-value))
      : tagged(TYPE.natural, numberToVarBytesBE(value));
  }
  return tagged(TYPE.list, concatBytes(uint32(value.length), ...value.map(encodeUnambiguously)));
}

const tagged = (type: number, bytes: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of(type), uint32(bytes.length), bytes);

/** Refuses half of a surrogate pair: it would become U+FFFD, and two different texts would have the same bytes. */
function wellFormed(text: string): Uint8Array {
  if (!text.isWellFormed()) throw new RangeError('a text that is not well-formed Unicode');
  return utf8ToBytes(text);
}

function uint32(n: number): Uint8Array {
  if (!Number.isInteger(n) || n < 0 || n > 0xffffffff) throw new RangeError(`${n} is not an integer in [0, 2^32)`);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
}

/** Returns the hash of a list of values under a tag. 32 bytes. */
export function taggedHash(tag: string, ...values: Absorbable[]): Uint8Array {
  return new Uint8Array(hash('sha512-256', encodeUnambiguously([tag, ...values]), 'buffer'));
}

/** A hash under construction. It is immutable: `absorb` returns a new one. */
export class Transcript {
  readonly #tag: string;
  readonly #absorbed: readonly Absorbable[];

  constructor(tag: string, ...values: Absorbable[]) {
    this.#tag = tag;
    this.#absorbed = values;
  }

  absorb(label: string, ...values: Absorbable[]): Transcript {
    return new Transcript(this.#tag, ...this.#absorbed, [label, ...values]);
  }

  /** Returns 32 bytes that commit to everything absorbed. */
  digest(): Uint8Array {
    return taggedHash('mpc/v1/transcript', this.#tag, ...this.#absorbed);
  }

  /**
   * Returns `length` bytes that depend on everything absorbed: the digest in counter mode, so that a wide challenge is
   * as wide as it looks (attack list P4).
   */
  bytes(length: number): Uint8Array {
    const seed = this.digest();
    const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => taggedHash('mpc/v1/expand', seed, i));
    return concatBytes(...blocks).subarray(0, length);
  }
}
