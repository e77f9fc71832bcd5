/** The types of field that evidence is written with. Every value has exactly one spelling. */
import * as z from 'zod';

/** At most `max` bytes. */
export const bytesUpTo = (max: number) =>
  z
    .string()
    .max(2 * max)
    .regex(/^(?:[0-9a-f]{2})*$/, 'not bytes in lower-case hexadecimal');

/** Exactly `length` bytes. */
export const bytesInHex = (length: number) => bytesUpTo(length).length(2 * length);

/** A natural number of at most `bits` bits. */
export const natural = (bits: number) =>
  z
    .string()
    .max(bits / 4)
    .regex(/^(?:0|[1-9a-f][0-9a-f]*)$/, 'not a number in lower-case hexadecimal');

export const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine(value => value.isWellFormed(), 'not well-formed Unicode');

/** A list whose items are in ascending order of their names, each name once. */
export const ordered = <T>(list: z.ZodType<T[]>, nameOf: (item: T) => string | number) =>
  list.refine(
    items => items.every((item, i) => i === 0 || nameOf(items[i - 1] ?? item) < nameOf(item)),
    'not in order, each once',
  );

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
export const unhex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, 'hex'));
