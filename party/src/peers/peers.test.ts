import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { Identity } from '../protocol/identity/identity.ts';
import { ContextMismatch } from '../protocol/session/errors.ts';
import { eventsOf, openStore, owner } from '../store/testing/temporary-store.ts';
import { introduce, type Presence } from './introduction.ts';
import { Peers } from './peers.ts';

async function open(t: TestContext) {
  const store = await openStore(t);
  const clock = new FakeClock();
  const log = new SilentLogger();
  const superseded: number[] = [];
  const options = { store, identity: Identity.create().publicKey, incarnation: 3, log, clock };
  const again = () => Peers.open({ ...options, superseded: later => superseded.push(later), met: () => {} });
  return { store, clock, log, superseded, peers: await again(), again };
}

async function wordOf(party: number, identity = Identity.create(), changes: Partial<Presence> = {}) {
  const introduction = await introduce({ ...owner, party }, identity);
  const word: Presence = { ...introduction, incarnation: 1, ready: true, ...changes };
  return { identity, bytes: Buffer.from(JSON.stringify(word)) };
}

test('a party is pinned the first time it is heard, for good', async t => {
  const { peers, again, store } = await open(t);
  const { identity, bytes } = await wordOf(2);
  assert.throws(() => peers.members([1, 2]), ContextMismatch);
  await peers.hear(2, bytes);
  assert.deepEqual(peers.members([2, 1])[1], { id: 2, identity: Uint8Array.from(identity.publicKey) });
  await peers.hear(2, (await wordOf(2)).bytes);
  assert.deepEqual(peers.impostors(), [2]);
  assert.deepEqual((await again()).members([1, 2])[1]?.identity, Uint8Array.from(identity.publicKey));
  assert.equal((await eventsOf(store)).filter(({ type }) => type === 'PeerPinned').length, 1);
});

test('an introduction of another party, or none at all, pins nobody', async t => {
  const { peers } = await open(t);
  await peers.hear(3, (await wordOf(2)).bytes);
  for (const text of ['', '{', '{"identity":1}']) await peers.hear(2, Buffer.from(text));
  for (const id of [2, 3]) assert.throws(() => peers.members([id]), ContextMismatch);
});

test('what cannot be recorded is not relied on, ends nothing, and is tried again at the next word', async t => {
  const { peers, store, log } = await open(t);
  const { bytes } = await wordOf(2);
  const append = store.append.bind(store);
  store.append = async () => {
    throw new Error('SQLITE_FULL: database or disk is full');
  };
  await peers.hear(2, bytes);
  assert.throws(() => peers.members([2]), ContextMismatch);
  assert.ok(log.lines.some(({ level }) => level === 'error'));
  store.append = append;
  await peers.hear(2, bytes);
  assert.equal(peers.members([2]).length, 1);
});

test('a party is present while it says that it takes sessions, and not longer', async t => {
  const { peers, clock } = await open(t);
  const { identity, bytes } = await wordOf(2);
  await peers.hear(2, bytes);
  assert.deepEqual([...peers.present()], [1, 2]);
  await peers.hear(2, (await wordOf(2, identity, { ready: false })).bytes);
  assert.deepEqual([...peers.present()], [1]);
  await peers.hear(2, bytes);
  await clock.advance(3_500);
  assert.deepEqual([...peers.present()], [1]);
});

test('a later start of this very party is noticed', async t => {
  const { peers, superseded } = await open(t);
  await peers.hear(1, (await wordOf(1, undefined, { incarnation: 3 })).bytes);
  await peers.hear(1, (await wordOf(1, undefined, { incarnation: 4 })).bytes);
  assert.deepEqual(superseded, [4]);
});

test('a peer whose store was set back, or that runs twice, is not accepted', async t => {
  const { peers, again, store } = await open(t);
  const head = (n: number) => Uint8Array.from(Buffer.alloc(32, n));
  const say = (p: Peers, incarnation: number, position: number, n: number) =>
    p.acceptStandings(new Map([[2, { incarnation, position, head: head(n) }]]));
  await say(peers, 5, 100, 1);
  await say(peers, 5, 120, 1);
  for (const known of [peers, await again()]) {
    await assert.rejects(say(known, 4, 500, 1), ContextMismatch);
    await assert.rejects(say(known, 5, 130, 2), ContextMismatch);
    await assert.rejects(say(known, 6, 90, 3), ContextMismatch);
  }
  await say(peers, 6, 121, 3);
  assert.equal((await eventsOf(store)).filter(({ type }) => type === 'PeerSeen').length, 2);
});
