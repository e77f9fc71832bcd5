/** Describes the layout of a message by what its codec reads in bytes that are always the same. */
import type { Curve } from '../../curve/curve.ts';
import { Input, type Layout } from '../../session/codec.ts';
import type { Codec } from '../../session/messages.ts';

/**
 * Input without an end. The n-th field holds the number n, or, where a point fits, n times the base point. A field of
 * one byte holds the lowest bit of n, for it may be one bit.
 */
class Numbered extends Input {
  readonly lengths: number[] = [];
  readonly #curve: Curve | undefined;

  constructor(curve: Curve | undefined) {
    super(new Uint8Array());
    this.#curve = curve;
  }

  override take(length: number): Uint8Array {
    this.lengths.push(length);
    const n = this.lengths.length;
    const { base, multiplyPublic, encodePoint, scalar, pointBytes } = this.#curve ?? {};
    if (base && multiplyPublic && encodePoint && scalar && length === pointBytes)
      return encodePoint(multiplyPublic(base, scalar(BigInt(n))));
    const bytes = Buffer.alloc(length);
    if (length === 1) bytes.writeUInt8(n & 1);
    else bytes.writeUIntBE(n, Math.max(0, length - 6), Math.min(6, length));
    return Uint8Array.from(bytes);
  }
}

/**
 * Returns a text that is the same as long as the layout is: the lengths of all fields in their order, and for each
 * name the field that it stands for. A change of a name alone changes the text too.
 */
export function describeLayout(codec: Codec<unknown>, curve: Curve | undefined): string {
  if (!isLayout(codec)) throw new TypeError('a codec that is no layout: describe it by an encoding of its own');
  const input = new Numbered(curve);
  const value = codec.read(input);
  const encoded = Buffer.from(codec.encode(value)).toString('hex');
  return JSON.stringify([codec.maxBytes, input.lengths, plain(value, curve), encoded]);
}

const isLayout = (codec: Codec<unknown>): codec is Layout<unknown> => 'read' in codec;

function plain(value: unknown, curve: Curve | undefined): unknown {
  if (typeof value === 'bigint') return value.toString(16);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(item => plain(item, curve));
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return 'a point';
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, plain(item, curve)]),
  );
}
