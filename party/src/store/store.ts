import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Sealed } from '../hsm/hsm.ts';
import { canonicalJson, type Json } from '../protocol/canonical-json.ts';
import type { Owner } from '../protocol/identity/owner.ts';
import { genesis, type Head, headOf, type Link, link, verifyLink } from './chain.ts';
import { type Database, openDatabase } from './database.ts';
import { EventRow, SealedRow } from './entities.ts';
import { type EventOf, type EventType, type PartyEvent, partyEvent } from './events.ts';
import type { Migration } from './migrations.ts';
import type { LogEntry, Projection } from './projection.ts';
import { ProjectionTable } from './projection-table.ts';
import { partyProjections } from './projections.ts';
import { type SecretName, secretKey, secretName } from './secret-name.ts';

/** Changes of the sealed table, made in the same transaction as the events about them. */
export interface SealedChanges {
  readonly put?: readonly { readonly name: SecretName; readonly sealed: Sealed }[];
  readonly remove?: readonly SecretName[];
}

export interface StoreOptions {
  /** Path of the SQLite database. */
  readonly path: string;
  readonly owner: Owner;
  readonly projections?: readonly Projection[];
  readonly now?: () => Date;
  readonly migrations?: readonly Migration[];
}

/** The number of events that are read from the database at once. */
const PAGE = 1000;

const KNOWN_TYPES: ReadonlySet<string> = new Set(partyEvent.options.map(option => option.shape.type.value));

/**
 * A party's memory: the log of what the party did, which only grows and is chained by hashes; the projections of the
 * log; and the sealed secrets, which are in no event and can be removed. Only one process has the store open. Whatever
 * `append` has written is on the disk.
 */
export class Store {
  readonly owner: Owner;
  readonly #db: Database;
  readonly #projections: ProjectionTable;
  readonly #now: () => Date;
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  readonly #rules = new Set<(events: readonly PartyEvent[]) => void>();
  #head: Head;
  /** Settles with the last append that was called. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: StoreOptions, db: Database) {
    this.owner = options.owner;
    this.#db = db;
    this.#projections = new ProjectionTable(options.projections ?? partyProjections);
    this.#now = options.now ?? (() => new Date());
    this.#head = genesis(options.owner);
  }

  /**
   * Opens the store of a party, and makes it if it is not there. The store then has the newest schema, a verified log
   * and up-to-date projections.
   * @throws LogCorrupt if the log is not what this party wrote
   * @throws Error if the store is open elsewhere, or a newer version of this program wrote it
   */
  static async open(options: StoreOptions): Promise<Store> {
    const db = await openDatabase(options.path, options.migrations);
    const store = new Store(options, db);
    try {
      store.#head = await store.verify();
      await store.#projections.rebuildOutdated(db.em, () => store.entries());
      return store;
    } catch (error) {
      await db.close();
      throw error;
    }
  }

  /** Waits for the appends under way. Closing again does nothing. */
  async close(): Promise<void> {
    await this.#last;
    await this.#db.close();
  }

  /** The length and the last hash of the log, as of the last append. */
  get head(): Head {
    return this.#head;
  }

  /**
   * Appends events and changes sealed secrets with them: all or nothing, and on the disk when the promise resolves.
   * Appends happen one after the other, in the order of their calls.
   * @throws the error that a rule or a projection throws at one of the events, such as SessionUsed; then nothing has
   *   changed
   */
  async append(events: readonly PartyEvent[], sealed: SealedChanges = {}): Promise<LogEntry[]> {
    const parsed = events.map(event => partyEvent.parse(event));
    const done = this.#last.then(() => this.#appendNow(parsed, sealed));
    this.#last = done.catch(() => {});
    return await done;
  }

  async #appendNow(events: readonly PartyEvent[], sealed: SealedChanges): Promise<LogEntry[]> {
    const time = this.#now();
    const links: Link[] = [];
    const entries: LogEntry[] = [];
    let head = this.#head;
    for (const event of events) {
      const next = link(head, time.toISOString(), event.type, canonicalJson(event));
      links.push(next);
      entries.push({ seq: next.seq, time, event });
      head = headOf(next);
    }
    try {
      await this.#db.em.fork().transactional(async tx => {
        for (const rule of this.#rules) rule(events);
        await tx.insertMany(EventRow, links);
        await this.#projections.apply(tx, entries);
        await changeSealed(tx, sealed);
      });
      this.#head = head;
    } catch (error) {
      // the outcome of the commit is unknown: the database says what holds
      this.#head = await this.#storedHead();
      throw error;
    }
    if (sealed.remove?.length) await this.#db.scrub();
    for (const entry of entries) for (const listener of this.#listeners) listener(entry);
    return entries;
  }

  /**
   * Calls `rule` with the events of every append to come, inside its transaction: all listeners have heard of all
   * earlier events, and no other event comes in between. What `rule` throws refuses the append.
   */
  onlyIf(rule: (events: readonly PartyEvent[]) => void): void {
    this.#rules.add(rule);
  }

  /**
   * Calls `listener` with every event to come, in order, once the event is on the disk and before its append resolves.
   */
  onAppend(listener: (entry: LogEntry) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Returns the events after a position, in order; with `types`, only events of these types. Events that are appended
   * meanwhile may be missing.
   */
  entries(after?: number): AsyncGenerator<LogEntry>;
  entries<T extends EventType>(
    after: number,
    types: readonly T[],
  ): AsyncGenerator<LogEntry & { readonly event: EventOf<T> }>;
  async *entries(after = 0, types?: readonly EventType[]): AsyncGenerator<LogEntry> {
    for await (const row of this.#links(after, types)) yield decode(row);
  }

  /**
   * Verifies the whole log.
   * @returns the head of the log
   * @throws LogCorrupt at the first event that is not what must be there
   * @throws Error at an event of a type that only a newer version of this program knows
   */
  async verify(): Promise<Head> {
    let head = genesis(this.owner);
    for await (const row of this.#links(0)) {
      head = verifyLink(head, row);
      if (!KNOWN_TYPES.has(row.type)) throw unreadable(row);
    }
    return head;
  }

  /** A row of a projection. */
  async get<S extends Json>(projection: Projection<S>, key: string): Promise<S | undefined> {
    return await this.#projections.get(this.#db.em.fork(), projection, key);
  }

  /** All rows of a projection, by key. */
  async all<S extends Json>(projection: Projection<S>): Promise<Map<string, S>> {
    return await this.#projections.all(this.#db.em.fork(), projection);
  }

  /** The sealed secret of that name; undefined if there is none. */
  async sealed(name: SecretName): Promise<Sealed | undefined> {
    const row = await this.#db.em.fork().findOne(SealedRow, secretKey(name));
    return row ? { generation: row.generation, iv: row.iv, ciphertext: row.ciphertext } : undefined;
  }

  /** The names of all sealed secrets, with the generation that each is sealed under. */
  async sealedNames(): Promise<{ readonly name: SecretName; readonly generation: number }[]> {
    const fields = ['kind', 'subject', 'number', 'generation'] as const;
    const rows = await this.#db.em
      .fork()
      .find(SealedRow, {}, { fields, orderBy: { kind: 'asc', subject: 'asc', number: 'asc' } });
    return rows.map(row => ({ name: secretName(row), generation: row.generation }));
  }

  async #storedHead(): Promise<Head> {
    const [last] = await this.#db.em.fork().find(EventRow, {}, { orderBy: { seq: 'desc' }, limit: 1 });
    return last ? headOf(last) : genesis(this.owner);
  }

  async *#links(after: number, types?: readonly EventType[]): AsyncGenerator<Link> {
    let last = after;
    for (;;) {
      const where = { seq: { $gt: last }, ...(types && { type: { $in: [...types] } }) };
      // a query, as `find` makes an entity of every row: at start that is the whole log
      const query = this.#db.em.createQueryBuilder(EventRow).where(where).orderBy({ seq: 'asc' }).limit(PAGE);
      const rows = await query.execute('all');
      yield* rows;
      const end = rows.at(-1);
      if (!end) return;
      last = end.seq;
    }
  }
}

function decode(row: Link): LogEntry {
  const { success, data } = partyEvent.safeParse(JSON.parse(row.payload));
  if (!success) throw unreadable(row);
  return { seq: row.seq, time: new Date(row.time), event: data };
}

const unreadable = ({ seq, type }: Link): Error =>
  new Error(`event ${seq} of type ${type} cannot be read: run the newer program that wrote it`);

async function changeSealed(tx: SqlEntityManager, { put = [], remove = [] }: SealedChanges): Promise<void> {
  for (const name of remove) await tx.nativeDelete(SealedRow, secretKey(name));
  if (put.length === 0) return;
  await tx.upsertMany(
    SealedRow,
    put.map(({ name, sealed: { generation, iv, ciphertext } }) => ({
      ...secretKey(name),
      generation,
      iv: Buffer.from(iv),
      ciphertext: Buffer.from(ciphertext),
    })),
  );
}
