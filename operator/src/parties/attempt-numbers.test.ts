import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_NUMBER_JUMP } from '@mpc-operator/crds/bounds';
import fc from 'fast-check';
import { NO_ATTEMPTS, nextNumber } from '../controllers/attempts.ts';
import { credible, majorityOf, seenNumbers } from './attempt-numbers.ts';

const LAST = 2 ** 31 - 1;
const next = (highest: readonly number[], quorum: number, given = 0) =>
  nextNumber(seenNumbers(highest, quorum), { ...NO_ATTEMPTS, number: given }, 0);

test('one party that says it has seen the last number moves nothing', () => {
  assert.equal(next([3, 3, 3], 2), 4);
  for (const lie of [4, LAST - 1, LAST]) assert.equal(next([3, lie, 3], 2), 4);
  assert.equal(next([3, 5, LAST], 2), 6);
});

test('fewer parties than a quorum move the next number nowhere above what the others have seen', () => {
  const number = fc.integer({ min: 1, max: LAST - 1 });
  const parties = fc.integer({ min: 2, max: 16 }).chain(n =>
    fc.record({
      quorum: fc.integer({ min: 2, max: n }),
      honest: fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: n, maxLength: n }),
      lies: fc.array(number, { maxLength: n }),
    }),
  );
  fc.assert(
    fc.property(parties, ({ quorum, honest, lies }) => {
      const liars = lies.slice(0, quorum - 1);
      const truthful = honest.slice(liars.length);
      const chosen = next([...liars, ...truthful], quorum);
      assert.ok(typeof chosen === 'number' && chosen <= Math.max(0, ...truthful) + 1);
    }),
  );
});

test('honest parties take the number, whatever they have acknowledged and seen', () => {
  // what a party has acknowledged, all have seen; each may have seen more
  const world = fc.record({
    acknowledged: fc.integer({ min: 1, max: 2_000 }),
    more: fc.array(fc.integer({ min: 0, max: 2_000 }), { minLength: 3, maxLength: 3 }),
    given: fc.integer({ min: 0, max: 10_000 }),
  });
  fc.assert(
    fc.property(world, ({ acknowledged, more, given }) => {
      const seen = more.map(m => acknowledged + m);
      const chosen = next(seen, 2, given);
      assert.ok(typeof chosen === 'number' && chosen > acknowledged);
      assert.ok(seen.every(highest => chosen <= highest + MAX_NUMBER_JUMP));
    }),
  );
});

test('numbers go on from what was given out, and begin anew before a party would refuse them', () => {
  assert.equal(next([3, 3, 3], 2, 9), 10);
  assert.equal(next([3, 3, 3], 2, 3 + MAX_NUMBER_JUMP), 4);
  assert.equal(next([0, 0, 0], 2), 1);
  assert.equal(next([700, 700, 0], 2), 701, 'a party that has come later has seen nothing');
});

test('the number is the last one only if a quorum says so', () => {
  const exhausted = next([LAST, LAST, 3], 2, LAST);
  assert.ok(typeof exhausted === 'number' && exhausted <= 3 + MAX_NUMBER_JUMP);
  const all = next([LAST, LAST, LAST], 2);
  assert.equal(typeof all === 'number' ? all : all.reason, 'NumbersExhausted');
});

test('attempts that nobody can have given out are left out of reports', () => {
  const report = (number: number) => ({
    ...{ active: 1, final: 1 },
    attempt: { number, trigger: 'annotation@x', phase: 'Preparing' as const },
  });
  const numbers = credible([report(2), report(3), report(9)], 1, 2).map(({ attempt }) => attempt?.number);
  assert.deepEqual(numbers, [2, 3, undefined]);
});

test('a majority of parties has one more than half', () => {
  assert.deepEqual([2, 3, 4, 5].map(majorityOf), [2, 2, 3, 3]);
});
