/**
 * Reads what parties say. What cannot be read of it is left out and named, so that one key, or one field, never hides
 * the others: a party may run another version, or have been told nonsense.
 */
import {
  type KeyReport,
  keyReport,
  keysReply,
  type PartyReport,
  partyReport,
  type Reply,
  reply,
} from '@mpc-operator/crds/control';
import * as z from 'zod';

/** A part of a report that cannot be read. Nothing is known of what it is about, which is not that there is nothing. */
export interface Unread {
  /** The name of the key, or of the field of a party's report; undefined if not even the name can be read. */
  readonly name?: string | undefined;
  /** The first field that cannot be read, and why. */
  readonly why: string;
}

/** One answer to the command `keys`. */
export interface KeysPage {
  readonly keys: readonly KeyReport[];
  /** The keys that the party has sent and that cannot be read. */
  readonly unread?: readonly Unread[];
  readonly position: number;
  readonly more: boolean;
}

type Faults = z.ZodError['issues'];

/** The reply to `keys`, before its keys are read. */
const page = keysReply.extend({ keys: z.array(z.unknown()) });
/** The one field of a key that says which key it is. */
const named = z.object({ spec: z.object({ name: keyReport.shape.spec.shape.name }) });

export type ReadReply = Exclude<Reply, { result: 'keys' }> | ({ readonly result: 'keys' } & KeysPage);

/** @throws Error naming what cannot be read, if the reply is none */
export function readReply(json: unknown): ReadReply {
  const { data } = page.safeParse(json);
  if (data !== undefined) {
    const entries = data.keys.map(readKey);
    return {
      ...data,
      keys: entries.filter(isRead),
      unread: entries.flatMap(entry => (isRead(entry) ? [] : entry)),
    };
  }
  const parsed = reply.safeParse(json);
  if (!parsed.success) throw new Error(why(parsed.error.issues));
  return parsed.data;
}

export const isRead = (entry: KeyReport | Unread): entry is KeyReport => 'spec' in entry;

function readKey(json: unknown): KeyReport | Unread {
  const { data, error } = keyReport.safeParse(json);
  return data ?? { name: named.safeParse(json).data?.spec.name, why: why(error?.issues ?? []) };
}

export interface ReadReport {
  readonly report: PartyReport;
  readonly unread: readonly Unread[];
}

/**
 * Reads the report of a party. A field that a report may lack, and an entry of the list of bans, is left out if it
 * cannot be read.
 * @throws Error naming what cannot be read, if without that it is no report
 */
export function readPartyReport(json: unknown): ReadReport {
  const parsed = partyReport.safeParse(json);
  if (parsed.success) return { report: parsed.data, unread: [] };
  const { issues } = parsed.error;
  const again = partyReport.safeParse(without(json, issues));
  if (!again.success) throw new Error(why(again.error.issues));
  const names = [...new Set(issues.map(partOf))];
  const unread = names.map(name => ({ name, why: why(issues.filter(issue => partOf(issue) === name)) }));
  return { report: again.data, unread };
}

type Issue = Faults[number];

/** The part of a report that is left out for an issue, such as `auxiliary` or `banned[1]`. */
function partOf({ path: [field, index] }: Issue): string {
  return field === 'banned' && typeof index === 'number' ? `banned[${index}]` : String(field);
}

/** The report without the parts that have issues. */
function without(json: unknown, issues: Faults): unknown {
  const fields = z.record(z.string(), z.unknown()).safeParse(json).data ?? {};
  const parts = new Set(issues.map(partOf));
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([field]) => !parts.has(field))
      .map(([field, value]) => [
        field,
        Array.isArray(value) ? value.filter((_, index) => !parts.has(`${field}[${index}]`)) : value,
      ]),
  );
}

function why([first]: Faults): string {
  return first === undefined ? 'unreadable' : `${first.path.join('.')}: ${first.message}`;
}
