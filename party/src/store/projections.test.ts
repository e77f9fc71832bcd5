import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PartyEvent } from './events.ts';
import { peers, SELF, self, sessions, signatures } from './projections.ts';
import type { Store } from './store.ts';
import { id, opening, openStore, signed, temporaryPath } from './testing/temporary-store.ts';

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
      head: fc.constantFrom(id(1), id(2)),
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
        const path = temporaryPath(t);
        const store = await openStore(t, path);
        for (let i = 0; i < events.length; i += 3) await store.append(events.slice(i, i + 3));
        const rows = await rowsOf(store);
        await store.close();
        const db = new DatabaseSync(path);
        db.exec(`delete from projection; delete from version where name like 'projection/%'`);
        db.close();
        const again = await openStore(t, path);
        assert.deepEqual(await rowsOf(again), rows);
        await again.close();
      },
    ),
    { numRuns: 10 },
  );
});

test('a projection of a new version is made anew', async t => {
  const path = temporaryPath(t);
  const store = await openStore(t, path);
  await store.append([opening(1)]);
  await store.close();
  const again = await openStore(t, path, {
    projections: [{ ...sessions, version: 2, reduce: (_, { seq }) => ({ seq: seq + 100 }) }],
  });
  assert.deepEqual(await again.get(sessions, id(1)), { seq: 101 });
});

test('what peers say moves forward only, and a pinned identity stays', async t => {
  const store = await openStore(t);
  const seen = (incarnation: number, position: number): PartyEvent => ({
    type: 'PeerSeen',
    party: 2,
    incarnation,
    position,
    head: id(position),
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
    head: id(9),
  });
  await store.append([{ type: 'PeerPinned', party: 2, publicKey: 'aa'.repeat(32) }]);
  await assert.rejects(
    store.append([{ type: 'PeerPinned', party: 2, publicKey: 'bb'.repeat(32) }]),
    /another identity pinned/,
  );
});

test('incarnations count up by one, and the identity is made once', async t => {
  const store = await openStore(t);
  await store.append([
    { type: 'Started', incarnation: 1 },
    { type: 'IdentityCreated', publicKey: 'aa'.repeat(32) },
  ]);
  await assert.rejects(store.append([{ type: 'Started', incarnation: 1 }]), /incarnation 1 after 1/);
  await assert.rejects(store.append([{ type: 'IdentityCreated', publicKey: 'bb'.repeat(32) }]), /has an identity/);
  assert.deepEqual(await store.get(self, SELF), { incarnation: 1, generation: 0, publicKey: 'aa'.repeat(32) });
});

test('the first signature of a request stays its signature', async t => {
  const store = await openStore(t);
  await store.append([signed('uid')]);
  await store.append([{ ...signed('uid'), signature: 'cd'.repeat(64) }]);
  assert.equal((await store.get(signatures, 'uid'))?.signature, 'ab'.repeat(64));
});
