/**
 * Decodes the JSON messages of parties and operator. The length of a message is checked before it is parsed, and then
 * its form by its schema (attack list I7).
 */
import type * as z from 'zod';

/**
 * Returns undefined if the bytes hold no such message: anyone may have sent them. Bytes above `maxBytes` are not even
 * parsed.
 */
export function decodeJson<T>(schema: z.ZodType<T>, bytes: Uint8Array, maxBytes: number): T | undefined {
  if (bytes.length > maxBytes) return undefined;
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString())).data;
  } catch {
    return undefined;
  }
}
