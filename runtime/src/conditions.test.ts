import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFalse, isTrue, type Observation, removeCondition, setCondition, setConditions } from './conditions.ts';
import { microTimestamp, timestamp } from './wire-time.ts';

const ready: Observation = { type: 'Ready', status: 'True', reason: 'AllUp', message: 'all parties are up' };
const early = new Date('2026-01-01T00:00:00.500Z');
const late = new Date('2026-01-01T01:00:00Z');

describe('a condition', () => {
  test('is set with the generation that was observed and the time, in seconds', () => {
    assert.deepEqual(setCondition(undefined, ready, 3, early), [
      { ...ready, observedGeneration: 3, lastTransitionTime: '2026-01-01T00:00:00Z' },
    ]);
  });

  test('keeps its time while its status is the same, whatever else changes', () => {
    const before = setCondition([], ready, 3, early);
    const [after] = setCondition(before, { ...ready, reason: 'Other', message: 'other' }, 4, late);
    assert.equal(after?.lastTransitionTime, '2026-01-01T00:00:00Z');
    assert.equal(after?.reason, 'Other');
    assert.equal(after?.observedGeneration, 4);
  });

  test('gets a new time when its status flips', () => {
    const before = setCondition([], ready, 3, early);
    const [after] = setCondition(before, { ...ready, status: 'Unknown' }, 3, late);
    assert.equal(after?.lastTransitionTime, '2026-01-01T01:00:00Z');
  });

  test('keeps its place among the others, which stay as they are', () => {
    const other = { ...ready, type: 'Other' };
    const before = setConditions([], [ready, other], 1, early);
    const after = setCondition(before, { ...ready, status: 'False' }, 2, late);
    assert.deepEqual(
      after.map(condition => condition.type),
      ['Ready', 'Other'],
    );
    assert.equal(after[1], before[1]);
    assert.ok(isFalse(after, 'Ready'));
    assert.ok(isTrue(after, 'Other'));
    assert.deepEqual(removeCondition(after, 'Ready'), [before[1]]);
  });

  test('that is not there is neither true nor false', () => {
    assert.ok(!isTrue(undefined, 'Ready'));
    assert.ok(!isFalse([], 'Ready'));
  });
});

test('times have the digits that the API server wants', () => {
  assert.equal(timestamp(early), '2026-01-01T00:00:00Z');
  assert.equal(microTimestamp(early), '2026-01-01T00:00:00.500000Z');
});
