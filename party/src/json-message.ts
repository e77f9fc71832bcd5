/** What parties and operator tell each other in JSON: bounded before it is parsed, and then just what its schema allows (attack list I7). */
import type * as z from 'zod';

/** The message, or undefined for what is none: anyone may have sent it. `maxBytes`: a longer one is not even parsed. */
export function decodeJson<T>(schema: z.ZodType<T>, bytes: Uint8Array, maxBytes: number): T | undefined {
  if (bytes.length > maxBytes) return undefined;
  try {
    return schema.safeParse(JSON.parse(Buffer.from(bytes).toString())).data;
  } catch {
    return undefined;
  }
}
