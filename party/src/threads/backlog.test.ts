import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backlog } from './backlog.ts';

test('what nobody of the session sent does not go to its thread', () => {
  const backlog = new Backlog([1, 2]);
  assert.deepEqual([backlog.admit(2, 10), backlog.admit(3, 10)], [true, false]);
});

test('a party can send no more than a thread that computes can be sent at once, and takes no room of another', () => {
  const backlog = new Backlog([1, 2, 3]);
  const admitted = (from: number, size: number) => {
    let n = 0;
    while (n < 1_000 && backlog.admit(from, size)) n += 1;
    return n;
  };
  assert.equal(admitted(2, 1), 128);
  assert.equal(admitted(3, 1024 * 1024), 4);
  backlog.taken(3, 1024 * 1024);
  assert.equal(admitted(3, 1024 * 1024), 1);
  assert.equal(admitted(1, 100), 128);
});
