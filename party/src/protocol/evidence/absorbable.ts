import * as z from 'zod';
import type { Absorbable } from '../session/transcript.ts';
import { bytesUpTo, hex, text, unhex } from './fields.ts';

/** A value of a session's context, written with its type: a text, bytes and a number have different hashes. */
export type ShownAbsorbable =
  | { readonly bytes: string }
  | { readonly text: string }
  | { readonly number: number }
  | { readonly integer: string }
  | { readonly list: readonly ShownAbsorbable[] };

const MAX_BYTES = 64 * 1024;
const MAX_ITEMS = 1024;
/** The depth to which lists may nest. */
const MAX_DEPTH = 3;

const single = z.union([
  z.strictObject({ bytes: bytesUpTo(MAX_BYTES) }),
  z.strictObject({ text: text(MAX_BYTES) }),
  z.strictObject({ number: z.int().min(0).max(0xffffffff) }),
  z.strictObject({
    integer: z
      .string()
      .max(4096)
      .regex(/^(?:0|-?[1-9][0-9]*)$/, 'not an integer'),
  }),
]);

const nested = (depth: number): z.ZodType<ShownAbsorbable> =>
  depth === 0 ? single : z.union([single, z.strictObject({ list: z.array(nested(depth - 1)).max(MAX_ITEMS) })]);

export const absorbable = nested(MAX_DEPTH);

export function showAbsorbable(value: Absorbable): ShownAbsorbable {
  if (value instanceof Uint8Array) return { bytes: hex(value) };
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'number') return { number: value };
  if (typeof value === 'bigint') return { integer: value.toString() };
  return { list: value.map(showAbsorbable) };
}

export function readAbsorbable(shown: ShownAbsorbable): Absorbable {
  if ('bytes' in shown) return unhex(shown.bytes);
  if ('text' in shown) return shown.text;
  if ('number' in shown) return shown.number;
  return 'integer' in shown ? BigInt(shown.integer) : shown.list.map(readAbsorbable);
}
