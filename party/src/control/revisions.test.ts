import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Revisions } from './revisions.ts';

test('changes are told once, each name with its last change, in order', () => {
  const revisions = new Revisions();
  for (const name of ['a', 'b', 'a', 'c']) revisions.touch(name);
  assert.deepEqual(revisions.since(0), [
    { name: 'b', revision: 2 },
    { name: 'a', revision: 3 },
    { name: 'c', revision: 4 },
  ]);
  assert.deepEqual(revisions.since(3), [{ name: 'c', revision: 4 }]);
  assert.deepEqual(revisions.since(revisions.current), []);
});

test('a key that is gone is told no more, but counts as a change', () => {
  const revisions = new Revisions();
  revisions.touch('a');
  revisions.remove('a');
  assert.deepEqual(revisions.since(0), []);
  assert.equal(revisions.current, 2);
});
