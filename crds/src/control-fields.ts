/** The fields that control messages are made of. */
import * as z from 'zod';
import { parseTrigger } from './annotations.ts';
import {
  MAX_NUMBER,
  MAX_PARTIES,
  MAX_PARTY_ID,
  MAX_SOURCE,
  MAX_SOURCES,
  MAX_TEXT,
  MAX_TRIGGER,
  MAX_VALUE,
} from './bounds.ts';
import { canBeReported, EARLIER_SLOTS } from './carried-out.ts';

export const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));
export const partyId = z.int().min(1).max(MAX_PARTY_ID);
export const attempt = z.int().min(1).max(MAX_NUMBER);
/** The number of an epoch or generation; 0: none. */
export const number = z.int().min(0).max(MAX_NUMBER);
export const keyName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
/** Words that can be hashed: half of a surrogate pair, which JSON lets pass, has no UTF-8. */
export const words = (max: number) =>
  z
    .string()
    .max(max)
    .refine(s => s.isWellFormed());
export const trigger = words(MAX_TRIGGER);
const ASKED =
  `a trigger is <source>@<value>, of at most ${MAX_SOURCE} and ${MAX_VALUE} characters; ` +
  `its source is not ${EARLIER_SLOTS}`;
/** A trigger that a party can report once it has carried it out. */
export const askedTrigger = trigger.refine(s => canBeReported(parseTrigger(s)), ASKED);
/** A list that a status shows by this field: the API server takes a status only with each of its values once. */
export const each =
  <K extends string>(field: K) =>
  (list: readonly { readonly [key in K]: unknown }[]): boolean =>
    new Set(list.map(entry => entry[field])).size === list.length;
/** The acknowledgements in a certificate: one of each party. */
export const acks = z
  .array(z.object({ party: partyId, identity: hex(32), signature: hex(64) }))
  .max(MAX_PARTIES)
  .refine(each('party'));
export const text = z.string().max(MAX_TEXT);
export const run = hex(16);

/** The last trigger of each source that led to a certified epoch, or generation, as far as the party remembers it. */
export const carriedOut = z
  .array(z.object({ source: z.string().max(MAX_SOURCE), value: z.string().max(MAX_VALUE), epoch: attempt }))
  .max(MAX_SOURCES)
  .refine(each('source'));
/** A time as in RFC 3339. */
export const time = z.iso.datetime({ offset: true }).max(40);
