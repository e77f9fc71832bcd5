import type { SqlEntityManager } from '@mikro-orm/sql';
import { canonicalJson, type Json } from '../protocol/canonical-json.ts';
import { ProjectionRow, VersionRow } from './entities.ts';
import type { LogEntry, Projection } from './projection.ts';

/** The number of rows that one statement writes: SQLite takes 32766 parameters, and a row needs three. */
const BATCH = 1000;

/** The rows of one projection that a piece of the log touches: first as they were, then as they become. */
class Rows {
  readonly #projection: Projection;
  readonly #states: Map<string, Json | undefined>;

  constructor(projection: Projection, states: Iterable<readonly [string, Json]> = []) {
    this.#projection = projection;
    this.#states = new Map(states);
  }

  apply(entry: LogEntry): void {
    for (const key of this.#projection.keys(entry.event)) {
      this.#states.set(key, this.#projection.reduce(this.#states.get(key), entry, key));
    }
  }

  async write(tx: SqlEntityManager): Promise<void> {
    const { name } = this.#projection;
    const all = [...this.#states];
    const gone = all.filter(([, state]) => state === undefined).map(([key]) => key);
    const rows = all.flatMap(([key, state]) =>
      state === undefined ? [] : [{ name, key, state: canonicalJson(state) }],
    );
    if (gone.length > 0) await tx.nativeDelete(ProjectionRow, { name, key: { $in: gone } });
    for (let i = 0; i < rows.length; i += BATCH) await tx.upsertMany(ProjectionRow, rows.slice(i, i + BATCH));
  }
}

/** The rows of all projections of a store. */
export class ProjectionTable {
  readonly #projections: readonly Projection[];

  constructor(projections: readonly Projection[]) {
    this.#projections = projections;
  }

  /** Brings all rows up to date with the events that are appended in `tx`. */
  async apply(tx: SqlEntityManager, entries: readonly LogEntry[]): Promise<void> {
    for (const projection of this.#projections) {
      const keys = new Set(entries.flatMap(({ event }) => projection.keys(event)));
      if (keys.size === 0) continue;
      const rows = new Rows(projection, await read(tx, projection, [...keys]));
      for (const entry of entries) rows.apply(entry);
      await rows.write(tx);
    }
  }

  /** Rebuilds every projection whose rows were made by another version of the projection. */
  async rebuildOutdated(em: SqlEntityManager, replay: () => AsyncIterable<LogEntry>): Promise<void> {
    for (const projection of this.#projections) {
      const { name, version } = projection;
      const made = await em.fork().findOne(VersionRow, { name: versionName(name) });
      if (made?.version === version) continue;
      const rows = new Rows(projection);
      for await (const entry of replay()) rows.apply(entry);
      await em.fork().transactional(async tx => {
        await tx.nativeDelete(ProjectionRow, { name });
        await rows.write(tx);
        await tx.upsert(VersionRow, { name: versionName(name), version });
      });
    }
  }

  async get<S extends Json>(em: SqlEntityManager, projection: Projection<S>, key: string): Promise<S | undefined> {
    const [row] = await read(em, projection, [key]);
    return row?.[1];
  }

  async all<S extends Json>(em: SqlEntityManager, projection: Projection<S>): Promise<Map<string, S>> {
    return new Map(await read(em, projection));
  }
}

const versionName = (projection: string): string => `projection/${projection}`;

async function read<S extends Json>(
  em: SqlEntityManager,
  projection: Projection<S>,
  keys?: readonly string[],
): Promise<[string, S][]> {
  const where = { name: projection.name, ...(keys && { key: { $in: [...keys] } }) };
  const rows = await em.find(ProjectionRow, where, { disableIdentityMap: true });
  return rows.map(({ key, state }) => [key, projection.state.parse(JSON.parse(state))]);
}
