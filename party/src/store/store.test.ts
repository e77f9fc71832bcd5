import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Sealed } from '../hsm/hsm.ts';
import type { PartyEvent } from './events.ts';
import { SessionUsed } from './projections.ts';
import type { SecretName } from './secret-name.ts';
import { eventsOf, opening, openStore, owner, signed, temporaryPath } from './testing/temporary-store.ts';

const sharing = (epoch: number): SecretName => ({ kind: 'sharing', keyId: 'ab'.repeat(16), epoch });
const sealed = (generation: number, text: string): Sealed => ({
  generation,
  iv: new Uint8Array(12).fill(generation),
  ciphertext: Buffer.from(text),
});

test('events come back in order, by position and by type, also after the store is opened again', async t => {
  const path = temporaryPath(t);
  const store = await openStore(t, path, { now: () => new Date('2026-11-21T10:00:00.5Z') });
  assert.equal(store.head.length, 0);
  const events: PartyEvent[] = [{ type: 'Started', incarnation: 1 }, opening(1), signed('uid-1')];
  const [first] = await store.append(events.slice(0, 1));
  assert.deepEqual(first, { seq: 1, time: new Date('2026-11-21T10:00:00.5Z'), event: events[0] });
  await store.append(events.slice(1));
  const { head } = store;
  assert.equal(head.length, 3);
  await store.close();
  const again = await openStore(t, path);
  assert.deepEqual(again.head, head);
  assert.deepEqual(await eventsOf(again), events);
  for await (const { seq, event } of again.entries(1, ['Signed', 'Started'])) {
    assert.deepEqual([seq, event.type], [3, 'Signed']);
  }
});

test('appends made at the same time become one chain, each as a whole', async t => {
  const store = await openStore(t);
  const lists = await Promise.all(
    Array.from({ length: 40 }, (_, i) => store.append([opening(2 * i), opening(2 * i + 1)])),
  );
  assert.deepEqual(
    lists.flat().map(({ seq }) => seq),
    Array.from({ length: 80 }, (_, i) => i + 1),
  );
  assert.deepEqual(await store.verify(), store.head);
});

test('F3: a session id is used once, for ever, and what comes with it is refused with it', async t => {
  const path = temporaryPath(t);
  const store = await openStore(t, path);
  await store.append([opening(1)]);
  const { head } = store;
  await assert.rejects(
    store.append([opening(2), opening(1)], { put: [{ name: sharing(1), sealed: sealed(1, 'x') }] }),
    SessionUsed,
  );
  await assert.rejects(store.append([opening(3), opening(3)]), SessionUsed);
  assert.deepEqual(store.head, head);
  assert.equal(await store.sealed(sharing(1)), undefined);
  await store.close();
  const again = await openStore(t, path);
  await assert.rejects(again.append([opening(1)]), SessionUsed);
  await again.append([opening(2), opening(3)]);
});

test('sealed secrets change with the events, and what is removed is in no file any more', async t => {
  const path = temporaryPath(t);
  const store = await openStore(t, path);
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

test('what is not an event is refused', async t => {
  const store = await openStore(t);
  // @ts-expect-error: no such type
  await assert.rejects(store.append([{ type: 'Frobnicated' }]));
  await assert.rejects(store.append([{ type: 'Started', incarnation: 0 }]));
  // @ts-expect-error: no such field
  await assert.rejects(store.append([{ type: 'Started', incarnation: 1, share: '00' }]));
  assert.equal(store.head.length, 0);
});

test('a store is open in one process at a time', async t => {
  const path = temporaryPath(t);
  const store = await openStore(t, path);
  await assert.rejects(openStore(t, path), /open in another process/);
  await store.close();
  await openStore(t, path);
});

test('what was appended is there after SIGKILL', async t => {
  const path = temporaryPath(t);
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
  const store = await openStore(t, path);
  assert.ok(store.head.length >= last, `${store.head.length} events, of which ${last} were reported`);
});
