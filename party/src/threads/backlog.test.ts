import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Frames } from './backlog.ts';

test('what nobody of the session sent does not go to its thread', () => {
  const frames = new Frames([1, 2]);
  assert.deepEqual([frames.admit(2, 10), frames.admit(3, 10)], [true, false]);
});

test('a party can send no more than a thread that computes can be sent at once, and takes no room of another', () => {
  const frames = new Frames([1, 2, 3]);
  const admitted = (from: number, size: number) => {
    let n = 0;
    while (n < 1_000 && frames.admit(from, size)) n += 1;
    return n;
  };
  assert.equal(admitted(2, 1), 128);
  assert.equal(admitted(3, 1024 * 1024), 4);
  frames.taken(3, 1024 * 1024);
  assert.equal(admitted(3, 1024 * 1024), 1);
  assert.equal(admitted(1, 100), 128);
});
