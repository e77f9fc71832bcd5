import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planStart, SealingKeyMissing } from './generations.ts';

test('a new party with a new token makes the first generation', () => {
  assert.deepEqual(planStart([], [], 0), { generation: 1, create: true, move: true });
});

test('one generation with everything under it needs nothing', () => {
  assert.deepEqual(planStart([7], [7, 7], 7), { generation: 7, create: false, move: false });
});

test('two generations move to the newer, wherever the secrets are', () => {
  for (const sealed of [[], [7], [8], [7, 8]]) {
    for (const recorded of [7, 8]) {
      assert.deepEqual(planStart([7, 8], sealed, recorded), { generation: 8, create: false, move: true });
    }
  }
});

test('a generation that the log does not know yet is recorded', () => {
  assert.deepEqual(planStart([1], [], 0), { generation: 1, create: false, move: true });
  assert.deepEqual(planStart([5], [], 0), { generation: 5, create: false, move: true });
});

test(
  'another token, an older token or an older store is refused, ' + 'and no key takes the place of the missing one',
  () => {
    for (const [token, sealed, recorded] of [
      [[], [3], 3],
      [[], [], 3],
      [[2], [3], 3],
      [[4], [3], 3],
      [[2], [], 3],
      [[4], [4], 3],
    ] as const) {
      assert.throws(() => planStart(token, sealed, recorded), SealingKeyMissing);
    }
  },
);
