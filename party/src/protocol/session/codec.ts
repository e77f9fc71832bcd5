/**
 * Strict binary codecs, put together from small ones. `decode` accepts exactly what `encode` makes: every field has one
 * encoding, every length is fixed, or bounded before its loop (attack list I1, I5, I7), no byte may be left over, and
 * `EncodingError` is the only error that comes out.
 */
import { concatBytes } from '@noble/hashes/utils.js';
import { type Curve, EncodingError, type Point, type Scalar } from '../curve/curve.ts';
import type { Codec } from './messages.ts';

/** A codec that can also be a field of another codec. */
export interface Layout<T> extends Codec<T> {
  /** Reads one value and leaves the bytes that follow. @throws EncodingError */
  read(input: Input): T;
}

/** Bytes that are read from front to back. */
export class Input {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * Returns a copy of the next bytes, so that wiping the message does not change what was read from it.
   * @throws EncodingError if fewer bytes are left
   */
  take(length: number): Uint8Array {
    const left = this.#bytes.length - this.#at;
    if (length > left) throw new EncodingError(`${length} bytes are needed where ${left} are left`);
    this.#at += length;
    return new Uint8Array(this.#bytes.subarray(this.#at - length, this.#at));
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw new EncodingError(`${left} bytes too many`);
  }
}

interface Parts<T> {
  readonly maxBytes: number;
  encode(value: T): Uint8Array;
  read(input: Input): T;
}

const layout = <T>(parts: Parts<T>): Layout<T> => ({
  ...parts,
  decode(bytes) {
    if (bytes.length > parts.maxBytes) {
      throw new EncodingError(`${bytes.length} bytes where at most ${parts.maxBytes} may be`);
    }
    const input = new Input(bytes);
    const value = parts.read(input);
    input.end();
    return value;
  },
});

/** Decodes bytes that may be anything. Returns undefined if they encode nothing. */
export function tryDecode<T>(codec: Codec<T>, bytes: Uint8Array): { readonly value: T } | undefined {
  try {
    return { value: codec.decode(bytes) };
  } catch (error) {
    if (error instanceof EncodingError) return undefined;
    throw error;
  }
}

/** An integer in [0, 256^width), big-endian. `width`: 1 to 6 bytes. */
export const uint = (width: number): Layout<number> =>
  layout({
    maxBytes: width,
    encode(value) {
      const bytes = new Uint8Array(width);
      Buffer.from(bytes.buffer).writeUIntBE(value, 0, width);
      return bytes;
    },
    read: input => Buffer.from(input.take(width)).readUIntBE(0, width),
  });

/** Exactly `length` bytes. */
export const bytes = (length: number): Layout<Uint8Array> =>
  layout({
    maxBytes: length,
    encode(value) {
      if (value.length !== length) throw new RangeError(`${value.length} bytes where ${length} belong`);
      return new Uint8Array(value);
    },
    read: input => input.take(length),
  });

/** At most `max` bytes, preceded by their number. */
export const bytesUpTo = (max: number): Layout<Uint8Array> => {
  const count = boundedCount(max, 'bytes');
  return layout({
    maxBytes: count.maxBytes + max,
    encode: value => concatBytes(count.encode(value.length), value),
    read: input => input.take(count.read(input)),
  });
};

/** Printable ASCII, at most `max` characters. */
export const ascii = (max: number): Layout<string> => {
  const raw = bytesUpTo(max);
  const printable = /^[\x20-\x7e]*$/;
  return layout({
    maxBytes: raw.maxBytes,
    encode(value) {
      if (!printable.test(value)) throw new RangeError(`${JSON.stringify(value)} is not printable ASCII`);
      return raw.encode(Buffer.from(value, 'latin1'));
    },
    read(input) {
      const text = Buffer.from(raw.read(input)).toString('latin1');
      if (!printable.test(text)) throw new EncodingError('a text that is not printable ASCII');
      return text;
    },
  });
};

/** A text that is always the same, such as the tag of what follows. */
export const constant = (text: string): Layout<undefined> => {
  const expected = Buffer.from(text, 'latin1');
  return layout({
    maxBytes: expected.length,
    encode: () => new Uint8Array(expected),
    read(input) {
      if (!expected.equals(input.take(expected.length))) throw new EncodingError(`not a ${text}`);
      return undefined;
    },
  });
};

/**
 * A layout of another type than the encoded one. `parse` throws EncodingError for an encoded value without a
 * counterpart.
 */
export const mapped = <T, U>(inner: Layout<T>, parse: (value: T) => U, print: (value: U) => T): Layout<U> =>
  layout({
    maxBytes: inner.maxBytes,
    encode: value => inner.encode(print(value)),
    read: input => parse(inner.read(input)),
  });

/** One of these words, encoded as its index in the list. */
export const choice = <const W extends string>(words: readonly W[]): Layout<W> => {
  const index = uint(1);
  return layout({
    maxBytes: 1,
    encode: value => index.encode(words.indexOf(value)),
    read(input) {
      const word = words[index.read(input)];
      if (word === undefined) throw new EncodingError(`none of ${words.join(', ')}`);
      return word;
    },
  });
};

/** Exactly `length` items. */
export const list = <T>(item: Layout<T>, length: number): Layout<readonly T[]> =>
  layout({
    maxBytes: length * item.maxBytes,
    encode(values) {
      if (values.length !== length) throw new RangeError(`a list of ${values.length} where ${length} belong`);
      return concatBytes(...values.map(value => item.encode(value)));
    },
    read: input => Array.from({ length }, () => item.read(input)),
  });

/** At most `max` items, preceded by their number. */
export const listUpTo = <T>(item: Layout<T>, max: number): Layout<readonly T[]> => {
  const count = boundedCount(max, 'items');
  return layout({
    maxBytes: count.maxBytes + max * item.maxBytes,
    encode: values => concatBytes(count.encode(values.length), ...values.map(value => item.encode(value))),
    read: input => Array.from({ length: count.read(input) }, () => item.read(input)),
  });
};

/** The value, or `undefined`. */
export const optional = <T>(item: Layout<T>): Layout<T | undefined> => {
  const present = choice(['absent', 'present']);
  return layout({
    maxBytes: 1 + item.maxBytes,
    encode: value =>
      value === undefined ? present.encode('absent') : concatBytes(present.encode('present'), item.encode(value)),
    read: input => (present.read(input) === 'present' ? item.read(input) : undefined),
  });
};

type Fields<T> = { readonly [K in keyof T]: Layout<T[K]> };

/** The fields one after the other, in the order in which they are declared. */
export const struct = <T extends object>(fields: Fields<T>): Layout<T> => {
  const names = Object.keys(fields) as (keyof T)[];
  return layout({
    maxBytes: names.reduce((sum, name) => sum + fields[name].maxBytes, 0),
    encode: value => concatBytes(...names.map(name => fields[name].encode(value[name]))),
    read: input => Object.fromEntries(names.map(name => [name, fields[name].read(input)])) as T,
  });
};

/** A canonical scalar. */
export const scalar = (curve: Curve): Layout<Scalar> =>
  layout({
    maxBytes: curve.scalarBytes,
    encode: value => curve.encodeScalar(value),
    read: input => curve.decodeScalar(input.take(curve.scalarBytes)),
  });

/** A canonical scalar where the protocol forbids 0, as it does where a point that is made of the scalar is hashed. */
export const nonZeroScalar = (curve: Curve): Layout<Scalar> => {
  const any = scalar(curve);
  return layout({
    maxBytes: any.maxBytes,
    encode(value) {
      if (value === 0n) throw new RangeError('the scalar 0 is never encoded: it is not a valid message');
      return any.encode(value);
    },
    read(input) {
      const value = any.read(input);
      if (value === 0n) throw new EncodingError(`the scalar 0 of ${curve.name} is not a valid message`);
      return value;
    },
  });
};

/** A point of the prime-order group, never the identity. */
export const point = (curve: Curve): Layout<Point> =>
  layout({
    maxBytes: curve.pointBytes,
    encode: value => curve.encodePoint(value),
    read: input => curve.decodePoint(input.take(curve.pointBytes)),
  });

function boundedCount(max: number, unit: string): Layout<number> {
  const raw = uint(4);
  return layout({
    maxBytes: raw.maxBytes,
    encode(count) {
      if (count > max) throw new RangeError(`${count} ${unit} where at most ${max} may be`);
      return raw.encode(count);
    },
    read(input) {
      const count = raw.read(input);
      if (count > max) throw new EncodingError(`${count} ${unit} where at most ${max} may be`);
      return count;
    },
  });
}
