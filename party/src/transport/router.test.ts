import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { Router } from './router.ts';

const bytes = (n: number): Uint8Array => new Uint8Array(n);

function setUp() {
  const clock = new FakeClock();
  const router = new Router(clock);
  const heard: string[] = [];
  const listen = (name: string) => router.listen(name, (from, b) => heard.push(`${name} ${from} ${b.length}`));
  return { clock, router, heard, listen };
}

test('what comes before a channel is opened waits for its listener, in order', () => {
  const { router, heard, listen } = setUp();
  for (const n of [1, 2]) router.deliver('s', 3, bytes(n));
  router.open('s');
  listen('s');
  router.deliver('s', 2, bytes(7));
  assert.deepEqual(heard, ['s 3 1', 's 3 2', 's 2 7']);
});

test('a closed channel hears nothing of what came before it is opened again', () => {
  const { router, heard, listen } = setUp();
  router.open('s');
  router.deliver('s', 1, bytes(1));
  router.close('s');
  router.open('s');
  listen('s');
  assert.deepEqual(heard, []);
});

test('a sender that floods loses its own messages, and nobody else does', () => {
  const { router, heard, listen } = setUp();
  const mebibyte = 1024 * 1024;
  assert.deepEqual(
    Array.from({ length: 5 }, () => router.deliver('s', 1, bytes(mebibyte))),
    [true, true, true, true, false],
  );
  assert.equal(router.deliver('s', 2, bytes(9)), true);
  const names = Array.from({ length: 300 }, (_, i) => router.deliver(`flood-${i}`, 1, bytes(0)));
  assert.ok(names.includes(false));
  assert.equal(router.deliver('other', 2, bytes(1)), true);
  router.open('other');
  listen('other');
  assert.deepEqual(heard, ['other 2 1']);
});

test('what nobody asks for is forgotten, and makes room', async () => {
  const { clock, router, heard, listen } = setUp();
  for (let i = 0; i < 256; i++) assert.equal(router.deliver(`s-${i}`, 1, bytes(1)), true);
  assert.equal(router.deliver('one-more', 1, bytes(1)), false);
  await clock.advance(31_000);
  assert.equal(router.deliver('one-more', 1, bytes(1)), true);
  router.open('s-0');
  listen('s-0');
  assert.deepEqual(heard, []);
});
