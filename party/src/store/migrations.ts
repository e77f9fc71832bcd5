import type { SqlEntityManager } from '@mikro-orm/sql';
import { VersionRow } from './entities.ts';

/** Types that databases name differently. */
export interface ColumnTypes {
  readonly blob: string;
}

/** The statements that lead from one version of the schema to the next. A released migration never changes. */
export type Migration = (types: ColumnTypes) => readonly string[];

/** Version n of the schema is what the first n migrations make. */
export const migrations: readonly Migration[] = [
  ({ blob }) => [
    `create table event (
      seq integer not null primary key, time text not null, type text not null, payload text not null,
      previous text not null, hash text not null)`,
    'create index event_type on event (type, seq)',
    `create table sealed (
      kind text not null, subject text not null, number integer not null, generation integer not null,
      iv ${blob} not null, ciphertext ${blob} not null, primary key (kind, subject, number))`,
    'create table projection (name text not null, key text not null, state text not null, primary key (name, key))',
  ],
];

const SCHEMA = 'schema';

/**
 * Brings the schema to its newest version. Each step is one transaction with its number, so that the step happens once.
 * @throws Error if a newer version of the program has written the store
 */
export async function migrate(em: SqlEntityManager, steps: readonly Migration[]): Promise<void> {
  await em
    .getConnection()
    .execute('create table if not exists version (name text not null primary key, version integer not null)');
  const { version } = (await em.fork().findOne(VersionRow, { name: SCHEMA })) ?? { version: 0 };
  if (version > steps.length)
    throw new Error(
      `the store has version ${version} of its schema, this program knows ${steps.length}: ` +
        'run the newer program that wrote it',
    );
  const types = { blob: em.getPlatform().getBlobDeclarationSQL() };
  for (const [i, step] of steps.entries()) {
    if (i < version) continue;
    await em.fork().transactional(async tx => {
      for (const sql of step(types)) await tx.getConnection().execute(sql, [], 'run', tx.getTransactionContext());
      await tx.upsert(VersionRow, { name: SCHEMA, version: i + 1 });
    });
  }
}
