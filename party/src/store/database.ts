import { closeSync, openSync } from 'node:fs';
import { MikroORM } from '@mikro-orm/core';
import { NodeSqliteDialect, type SqlEntityManager, SqliteDriver } from '@mikro-orm/sql';
import { entities } from './entities.ts';
import { type Migration, migrate, migrations } from './migrations.ts';

/**
 * - exclusive: a second process on the same store is refused, as it would be a second incarnation of the party
 * - wal with full: a transaction is on the disk when it is done
 * - secure_delete: deleted bytes are overwritten with zeros, not just forgotten
 */
const PRAGMAS = ['locking_mode = exclusive', 'journal_mode = wal', 'synchronous = full', 'secure_delete = on'];

export interface Database {
  readonly em: SqlEntityManager;
  /**
   * Moves the contents of the write-ahead log into the database and truncates that log, so that deleted rows are gone
   * from both.
   */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the SQLite database at `path` with the newest schema, and makes it if it is not there. Only this user can read
 * it.
 * @throws Error if another process has the database open, or a newer version of this program wrote it
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
