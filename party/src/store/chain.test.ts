import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { genesis, LogCorrupt, link } from './chain.ts';
import { opening, openStore, owner, temporaryPath } from './testing/temporary-store.ts';

/** Changes the database as somebody with access to the volume could. */
function tamper(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

for (const [what, sql, problem] of [
  [
    'a changed event',
    `update event set payload = replace(payload, 'sign', 'dkg') where seq = 2`,
    /event 2: it was changed/,
  ],
  ['a changed time', `update event set time = '2000-01-01T00:00:00.000Z' where seq = 3`, /event 3: it was changed/],
  ['an event taken out', 'delete from event where seq = 2', /event 2: event 3 is in its place/],
  [
    'an event put in',
    `insert into event select 4, time, type, payload, previous, hash from event where seq = 3`,
    /event 4: it does not follow/,
  ],
  [
    'events that changed places',
    'update event set seq = 9 where seq = 2; ' +
      'update event set seq = 2 where seq = 3; ' +
      'update event set seq = 3 where seq = 9',
    /event 2: it does not follow/,
  ],
] as const) {
  test(`the store does not open with ${what} in its log`, async t => {
    const path = temporaryPath(t);
    const store = await openStore(t, path);
    await store.append([opening(1), opening(2), opening(3)]);
    await store.close();
    tamper(path, sql);
    await assert.rejects(openStore(t, path), (error: unknown) => {
      assert.ok(error instanceof LogCorrupt);
      assert.match(error.message, problem);
      return true;
    });
  });
}

test('the store of another party does not open', async t => {
  const path = temporaryPath(t);
  const store = await openStore(t, path);
  await store.append([opening(1)]);
  await store.close();
  await assert.rejects(openStore(t, path, { owner: { ...owner, party: 2 } }), /the log of another party/);
});

test('a log with an event of a newer version does not open, and says which', async t => {
  const path = temporaryPath(t);
  const store = await openStore(t, path);
  await store.append([opening(1)]);
  const newer = link(store.head, '2030-01-01T00:00:00.000Z', 'Frobnicated', '{"type":"Frobnicated"}');
  await store.close();
  const columns = [newer.seq, newer.time, newer.type, newer.payload, newer.previous, newer.hash];
  tamper(path, `insert into event values (${columns.map(column => `'${column}'`).join()})`);
  await assert.rejects(openStore(t, path), /event 2 of type Frobnicated cannot be read: run the newer program/);
});

test('the hash of an event is SHA-256 of a JSON array, as an auditor would compute it', () => {
  const start = genesis(owner);
  assert.equal(start.hash, hash('sha256', '["mpc/v1/log/genesis","ns","c",1]'));
  const first = link(start, '2026-11-21T10:00:00.000Z', 'Started', '{"incarnation":1,"type":"Started"}');
  const text =
    `["mpc/v1/log/event","${start.hash}",1,"2026-11-21T10:00:00.000Z",` +
    `"Started","{\\"incarnation\\":1,\\"type\\":\\"Started\\"}"]`;
  assert.equal(first.hash, hash('sha256', text));
});
