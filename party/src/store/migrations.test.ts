import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { openDatabase } from './database.ts';
import { entities } from './entities.ts';
import { type Migration, migrations } from './migrations.ts';
import { Store } from './store.ts';
import { owner, temporaryPath } from './testing/temporary-store.ts';

const next: Migration = () => ['alter table event add column note text'];

test('entities and migrations speak of the same tables', async t => {
  const db = await openDatabase(temporaryPath(t));
  for (const { tableName, properties, primaryKeys } of entities.map(entity => entity.init().meta)) {
    const columns = await db.em
      .getConnection()
      .execute<{ name: string; notnull: number; pk: number }[]>(`pragma table_info(${tableName})`);
    assert.deepEqual(
      columns.map(column => column.name),
      Object.keys(properties),
      tableName,
    );
    assert.deepEqual(
      columns.filter(column => column.pk > 0).map(column => column.name),
      primaryKeys,
      tableName,
    );
    assert.ok(columns.every(column => column.notnull === 1));
  }
  await db.close();
});

test('a store of an older version opens in a newer one with all that it holds, once and again', async t => {
  const path = temporaryPath(t);
  const old = await Store.open({ path, owner });
  await old.append([{ type: 'Started', incarnation: 1 }]);
  const { head } = old;
  await old.close();
  for (const incarnation of [2, 3]) {
    const store = await Store.open({ path, owner, migrations: [...migrations, next] });
    await store.append([{ type: 'Started', incarnation }]);
    assert.equal(store.head.length, head.length + incarnation - 1);
    await store.close();
  }
});

test('a store of a newer version does not open in an older one', async t => {
  const path = temporaryPath(t);
  await (await Store.open({ path, owner, migrations: [...migrations, next] })).close();
  await assert.rejects(Store.open({ path, owner }), /run the newer program/);
});

test('a migration that fails half-way leaves nothing behind', async t => {
  const path = temporaryPath(t);
  const broken: Migration = () => ['alter table event add column note text', 'nonsense'];
  await assert.rejects(Store.open({ path, owner, migrations: [...migrations, broken] }));
  await (await Store.open({ path, owner, migrations: [...migrations, next] })).close();
});

test('only its user can read a store', async t => {
  const path = temporaryPath(t);
  const store = await Store.open({ path, owner });
  for (const file of [path, `${path}-wal`]) assert.equal(statSync(file).mode & 0o777, 0o600);
  await store.close();
});
