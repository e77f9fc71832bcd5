import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keyShareSet } from '../testing/objects.ts';
import { ableTogether } from './bans.ts';

const { spec: ecdsa } = keyShareSet({ curve: 'p256', purpose: 'ecdsa' });
const together = (...bans: [by: number, party: number][]) =>
  ableTogether(
    ecdsa,
    [1, 2, 3, 4],
    bans.map(([by, party]) => ({ by, party, reason: 'a wrong proof' })),
  );

describe('the parties that sign an ecdsa key together', () => {
  const table: readonly [string, [number, number][], number[]][] = [
    ['are all, without a ban', [], [1, 2, 3, 4]],
    ['are all but who is banned', [[1, 3]], [1, 2, 4]],
    [
      'are all but who is banned by all',
      [
        [1, 3],
        [2, 3],
        [4, 3],
      ],
      [1, 2, 4],
    ],
    [
      'are all but one that bans all others: whom it accuses sign on',
      [
        [1, 2],
        [1, 3],
        [1, 4],
      ],
      [2, 3, 4],
    ],
    [
      'are one of two that ban each other, and the others',
      [
        [1, 3],
        [3, 1],
      ],
      [1, 2, 4],
    ],
    ['are not fewer because of a ban of one that is not among them', [[9, 3]], [1, 2, 3, 4]],
    ['are not fewer because of one that bans itself', [[3, 3]], [1, 2, 3, 4]],
  ];
  for (const [what, bans, expected] of table) test(what, () => assert.deepEqual(together(...bans), expected));
});
