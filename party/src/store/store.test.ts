import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { Sealed } from '../hsm/hsm.ts';
import { LogCorrupt, link } from './chain.ts';
import type { PartyEvent } from './events.ts';
import { peers, SELF, SessionUsed, self, sessions, signatures } from './projections.ts';
import type { Owner, SecretName } from './secret-name.ts';
import { Store, type StoreOptions } from './store.ts';

const owner: Owner = { namespace: 'ns', cluster: 'c', party: 1 };
const root = mkdtempSync(join(tmpdir(), 'store-'));
after(() => rmSync(root, { recursive: true }));

const newPath = () => join(mkdtempSync(join(root, 's-')), 'store.db');
const opened = new WeakSet<Store>();

async function open(t: TestContext, path: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await Store.open({ path, owner, ...options });
  opened.add(store);
  t.after(() => close(store));
  return store;
}

async function close(store: Store): Promise<void> {
  if (opened.delete(store)) await store.close();
}

/** Does to the database what somebody with the volume could. */
function tamper(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

const sid = (n: number) => n.toString(16).padStart(64, '0');
const opening = (n: number): PartyEvent => ({ type: 'SessionOpened', sid: sid(n), purpose: 'sign' });
const signed = (request: string): PartyEvent => ({
  type: 'Signed',
  request,
  keyId: '0'.repeat(32),
  epoch: 1,
  signature: 'ab'.repeat(64),
  signers: [1, 3],
});
const sharing = (epoch: number): SecretName => ({ kind: 'sharing', keyId: 'ab'.repeat(16), epoch });
const sealed = (generation: number, text: string): Sealed => ({
  generation,
  iv: new Uint8Array(12).fill(generation),
  ciphertext: Buffer.from(text),
});

async function listed<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

test('events come back in order, by position and by type, also after the store is opened again', async t => {
  const path = newPath();
  const store = await open(t, path, { now: () => new Date('2026-11-21T10:00:00.5Z') });
  assert.equal(store.head.length, 0);
  const events: PartyEvent[] = [{ type: 'Started', incarnation: 1 }, opening(1), signed('uid-1')];
  const [first] = await store.append(events.slice(0, 1));
  assert.deepEqual(first, { seq: 1, time: new Date('2026-11-21T10:00:00.5Z'), event: events[0] });
  await store.append(events.slice(1));
  const { head } = store;
  assert.equal(head.length, 3);
  await close(store);
  const again = await open(t, path);
  assert.deepEqual(again.head, head);
  assert.deepEqual(
    (await listed(again.entries())).map(({ event }) => event),
    events,
  );
  const [only, ...others] = await listed(again.entries(1, ['Signed', 'Started']));
  assert.deepEqual([only?.seq, only?.event.type, others], [3, 'Signed', []]);
});

test('appends made at the same time become one chain, each as a whole', async t => {
  const store = await open(t, newPath());
  const lists = await Promise.all(
    Array.from({ length: 40 }, (_, i) => store.append([opening(2 * i), opening(2 * i + 1)])),
  );
  assert.deepEqual(
    lists.flat().map(({ seq }) => seq),
    Array.from({ length: 80 }, (_, i) => i + 1),
  );
  assert.deepEqual(await store.verify(), store.head);
});

test('a session id is used once, for ever, and what comes with it is refused with it', async t => {
  const path = newPath();
  const store = await open(t, path);
  await store.append([opening(1)]);
  const { head } = store;
  await assert.rejects(
    store.append([opening(2), opening(1)], { put: [{ name: sharing(1), sealed: sealed(1, 'x') }] }),
    SessionUsed,
  );
  await assert.rejects(store.append([opening(3), opening(3)]), SessionUsed);
  assert.deepEqual(store.head, head);
  assert.equal(await store.sealed(sharing(1)), undefined);
  await close(store);
  const again = await open(t, path);
  await assert.rejects(again.append([opening(1)]), SessionUsed);
  await again.append([opening(2), opening(3)]);
});

test('sealed secrets change with the events, and what is removed is in no file any more', async t => {
  const path = newPath();
  const store = await open(t, path);
  const secrets = [
    { name: sharing(1), sealed: sealed(1, 'ciphertext-of-epoch-1') },
    { name: sharing(2), sealed: sealed(1, 'ciphertext-of-epoch-2') },
    { name: { kind: 'identity' } as const, sealed: sealed(2, 'ciphertext-of-identity') },
  ];
  await store.append([opening(1)], { put: secrets });
  assert.deepEqual(await store.sealedNames(), [
    { name: { kind: 'identity' }, generation: 2 },
    { name: sharing(1), generation: 1 },
    { name: sharing(2), generation: 1 },
  ]);
  const onDisk = () =>
    readdirSync(join(path, '..'))
      .map(file => readFileSync(join(path, '..', file), 'latin1'))
      .join();
  assert.match(onDisk(), /ciphertext-of-epoch-1/);
  await store.append([opening(2)], { remove: [sharing(1)], put: [{ name: sharing(2), sealed: sealed(3, 'again') }] });
  assert.equal(await store.sealed(sharing(1)), undefined);
  const { generation, iv, ciphertext } = (await store.sealed(sharing(2))) ?? assert.fail();
  assert.deepEqual(
    [generation, Buffer.from(iv), Buffer.from(ciphertext)],
    [3, Buffer.alloc(12, 3), Buffer.from('again')],
  );
  assert.doesNotMatch(onDisk(), /ciphertext-of-epoch/);
});

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
    'update event set seq = 9 where seq = 2; update event set seq = 2 where seq = 3; update event set seq = 3 where seq = 9',
    /event 2: it does not follow/,
  ],
] as const) {
  test(`the store does not open with ${what} in its log`, async t => {
    const path = newPath();
    const store = await open(t, path);
    await store.append([opening(1), opening(2), opening(3)]);
    await close(store);
    tamper(path, sql);
    await assert.rejects(open(t, path), (error: unknown) => {
      assert.ok(error instanceof LogCorrupt);
      assert.match(error.message, problem);
      return true;
    });
  });
}

test('the store of another party does not open', async t => {
  const path = newPath();
  const store = await open(t, path);
  await store.append([opening(1)]);
  await close(store);
  await assert.rejects(open(t, path, { owner: { ...owner, party: 2 } }), /the log of another party/);
});

test('what is not an event is refused', async t => {
  const store = await open(t, newPath());
  // @ts-expect-error: no such type
  await assert.rejects(store.append([{ type: 'Frobnicated' }]));
  await assert.rejects(store.append([{ type: 'Started', incarnation: 0 }]));
  // @ts-expect-error: no such field
  await assert.rejects(store.append([{ type: 'Started', incarnation: 1, share: '00' }]));
  assert.equal(store.head.length, 0);
});

test('a log with an event of a newer version does not open, and says which', async t => {
  const path = newPath();
  const store = await open(t, path);
  await store.append([opening(1)]);
  const newer = link(store.head, '2030-01-01T00:00:00.000Z', 'Frobnicated', '{"type":"Frobnicated"}');
  await close(store);
  const columns = [newer.seq, newer.time, newer.type, newer.payload, newer.previous, newer.hash];
  tamper(path, `insert into event values (${columns.map(column => `'${column}'`).join()})`);
  await assert.rejects(open(t, path), /event 2 of type Frobnicated cannot be read: run the newer program/);
});

test('rows thrown away come back the same from the log', async t => {
  const party = fc.integer({ min: 1, max: 3 });
  const event: fc.Arbitrary<PartyEvent> = fc.oneof(
    fc.nat(1e6).map(opening),
    fc.constantFrom('a', 'b', 'c').map(signed),
    fc.record({ type: fc.constant('PeerPinned'), party, publicKey: fc.constant('ab'.repeat(32)) }),
    fc.record({
      type: fc.constant('PeerSeen'),
      party,
      incarnation: fc.integer({ min: 1, max: 3 }),
      position: fc.nat(5),
      head: fc.constantFrom(sid(1), sid(2)),
    }),
    fc.record({
      type: fc.constant('SealingKeyChanged'),
      generation: fc.integer({ min: 1, max: 9 }),
      secrets: fc.nat(3),
    }),
  );
  const rowsOf = async (store: Store) => [
    await store.all(sessions),
    await store.all(signatures),
    await store.all(peers),
    await store.all(self),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(event, { selector: e => (e.type === 'SessionOpened' ? e.sid : Symbol()) }),
      async events => {
        const path = newPath();
        const store = await open(t, path);
        for (let i = 0; i < events.length; i += 3) await store.append(events.slice(i, i + 3));
        const rows = await rowsOf(store);
        await close(store);
        tamper(path, `delete from projection; delete from version where name like 'projection/%'`);
        const again = await open(t, path);
        assert.deepEqual(await rowsOf(again), rows);
        await close(again);
      },
    ),
    { numRuns: 10 },
  );
});

test('a projection of a new version is made anew', async t => {
  const path = newPath();
  const store = await open(t, path);
  await store.append([opening(1)]);
  await close(store);
  const again = await open(t, path, {
    projections: [{ ...sessions, version: 2, reduce: (_, { seq }) => ({ seq: seq + 100 }) }],
  });
  assert.deepEqual(await again.get(sessions, sid(1)), { seq: 101 });
});

test('what peers say moves forward only, and a pinned identity stays', async t => {
  const store = await open(t, newPath());
  const seen = (incarnation: number, position: number): PartyEvent => ({
    type: 'PeerSeen',
    party: 2,
    incarnation,
    position,
    head: sid(position),
  });
  await store.append([
    { type: 'PeerPinned', party: 2, publicKey: 'aa'.repeat(32) },
    seen(1, 5),
    seen(2, 9),
    seen(1, 10),
    seen(3, 8),
  ]);
  assert.deepEqual(await store.get(peers, '2'), {
    publicKey: 'aa'.repeat(32),
    incarnation: 2,
    position: 9,
    head: sid(9),
  });
  await store.append([{ type: 'PeerPinned', party: 2, publicKey: 'aa'.repeat(32) }]);
  await assert.rejects(
    store.append([{ type: 'PeerPinned', party: 2, publicKey: 'bb'.repeat(32) }]),
    /another identity pinned/,
  );
});

test('incarnations count up by one, and the identity is made once', async t => {
  const store = await open(t, newPath());
  await store.append([
    { type: 'Started', incarnation: 1 },
    { type: 'IdentityCreated', publicKey: 'aa'.repeat(32) },
  ]);
  await assert.rejects(store.append([{ type: 'Started', incarnation: 1 }]), /incarnation 1 after 1/);
  await assert.rejects(store.append([{ type: 'IdentityCreated', publicKey: 'bb'.repeat(32) }]), /has an identity/);
  assert.deepEqual(await store.get(self, SELF), { incarnation: 1, generation: 0, publicKey: 'aa'.repeat(32) });
});

test('the first signature of a request stays its signature', async t => {
  const store = await open(t, newPath());
  await store.append([signed('uid')]);
  await store.append([{ ...signed('uid'), signature: 'cd'.repeat(64) } as PartyEvent]);
  assert.equal((await store.get(signatures, 'uid'))?.signature, 'ab'.repeat(64));
});

test('a store is open in one process at a time', async t => {
  const path = newPath();
  const store = await open(t, path);
  await assert.rejects(open(t, path), /open in another process/);
  await close(store);
  await open(t, path);
});

test('what was appended is there after SIGKILL', async t => {
  const path = newPath();
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { Store } = await import(${JSON.stringify(new URL('./store.ts', import.meta.url).href)});
       const store = await Store.open(${JSON.stringify({ path, owner })});
       for (let i = 1; ; i++) {
         await store.append([{ type: 'SessionOpened', sid: i.toString(16).padStart(64, '0'), purpose: 'sign' }]);
         process.stdout.write(i + '\\n');
       }`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let last = 0;
  child.stdout.setEncoding('utf8').on('data', lines => {
    last = Number(lines.trim().split('\n').at(-1));
    if (last > 20) child.kill('SIGKILL');
  });
  await once(child, 'exit');
  const store = await open(t, path);
  assert.ok(store.head.length >= last, `${store.head.length} events, of which ${last} were reported`);
});
