import type * as z from 'zod';
import type { Json } from '../protocol/canonical-json.ts';
import type { PartyEvent } from './events.ts';

/** An event with its place in the log. */
export interface LogEntry {
  /** From 1, without gaps. */
  readonly seq: number;
  readonly time: Date;
  readonly event: PartyEvent;
}

/**
 * A view of the log, kept as rows by key so that nobody has to read all of the log. The rows are written with the
 * events, in one transaction, and can be thrown away: replaying the log makes the same rows.
 */
export interface Projection<S extends Json = Json> {
  readonly name: string;
  /**
   * The version of the rows. Raise it when the rows come out differently: they are made anew when the store is opened.
   */
  readonly version: number;
  readonly state: z.ZodType<S>;
  /** The rows that an event changes. */
  keys(event: PartyEvent): readonly string[];
  /**
   * Returns a row after an event; undefined: there is no row. Pure. An error that this function throws refuses the
   * event, and all events that were to be appended with it.
   */
  reduce(state: S | undefined, entry: LogEntry, key: string): S | undefined;
}
