import { closeSync, openSync } from 'node:fs';
import { MikroORM } from '@mikro-orm/core';
import { NodeSqliteDialect, type SqlEntityManager, SqliteDriver } from '@mikro-orm/sql';
import { entities } from './entities.ts';
import { type Migration, migrate, migrations } from './migrations.ts';

/**
 * - exclusive: a second process on the same store, which would be a second incarnation of the party, is refused
 * - wal with full: a transaction is on the disk when it is done
 * - secure_delete: what is deleted is overwritten with zeros, not just forgotten
 */
const PRAGMAS = ['locking_mode = exclusive', 'journal_mode = wal', 'synchronous = full', 'secure_delete = on'];

export interface Database {
  readonly em: SqlEntityManager;
  /** Moves what was written from the write-ahead log into the database and truncates it, so that deleted rows are gone from both. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the SQLite database at `path`, made if it is not there, readable by this user only, with the newest schema.
 * @throws Error if another process has it open, or a newer version of this program wrote it
 */
export async function openDatabase(path: string, steps: readonly Migration[] = migrations): Promise<Database> {
  closeSync(openSync(path, 'a', 0o600));
  const orm = await MikroORM.init({
    driver: SqliteDriver,
    dbName: path,
    driverOptions: new NodeSqliteDialect(path),
    entities,
  });
  const { em } = orm;
  const close = () => orm.close();
  try {
    for (const pragma of PRAGMAS) await em.getConnection().execute(`pragma ${pragma}`);
    await migrate(em, steps);
  } catch (error) {
    await close();
    throw isBusy(error) ? new Error(`the store ${path} is open in another process`, { cause: error }) : error;
  }
  const scrub = async () => {
    await em.getConnection().execute('pragma wal_checkpoint(truncate)');
  };
  return { em, scrub, close };
}

const isBusy = (error: unknown): boolean => error instanceof Error && /database is locked/.test(error.message);
