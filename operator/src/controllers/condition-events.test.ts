import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Condition } from '@mpc-operator/runtime/conditions';
import { conditionEvents } from './condition-events.ts';

const condition = (type: string, status: Condition['status']): Condition => ({
  ...{ type, status, reason: 'Because', message: 'so it is', lastTransitionTime: '2026-11-21T12:00:00Z' },
});

describe('the events of conditions', () => {
  const table: readonly [string, string, Condition['status'] | undefined, Condition['status'], string[]][] = [
    ['one that becomes bad', 'Ready', 'True', 'False', ['Warning']],
    ['one that becomes good', 'Ready', 'False', 'True', ['Normal']],
    ['one that stays', 'Ready', 'True', 'True', []],
    ['one that is not known any more', 'HsmHealthy', 'True', 'Unknown', []],
    ['one that is known again', 'HsmHealthy', 'Unknown', 'True', ['Normal']],
    ['bad news for the better', 'Stalled', 'True', 'False', ['Normal']],
    ['a ban', 'NoMisbehaviour', 'True', 'False', ['Warning']],
    ['a ban that is shown by a party that was silent', 'NoMisbehaviour', 'Unknown', 'False', ['Warning']],
    ['a ban that was lifted', 'NoMisbehaviour', 'False', 'True', ['Normal']],
    ['a party that was silent and has banned nobody', 'NoMisbehaviour', 'Unknown', 'True', []],
    ['what comes and goes with everything that is done', 'Progressing', 'True', 'False', []],
  ];
  for (const [what, type, before, after, expected] of table) {
    test(`tell ${expected.length === 0 ? 'nothing of ' : ''}${what}`, () => {
      const notes = conditionEvents(before && [condition(type, before)], [condition(type, after)]);
      assert.deepEqual(
        notes.map(note => note.type),
        expected,
      );
    });
  }

  test('tell nothing at the beginning', () => {
    assert.deepEqual(conditionEvents(undefined, [condition('Ready', 'False')]), []);
  });
});
