import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { Timeout } from '../protocol/session/errors.ts';
import { Attendance } from './attendance.ts';

function attended() {
  const clock = new FakeClock();
  const starts = new Map([1, 2, 3].map(party => [party, 1]));
  const attendance = new Attendance([1, 2, 3], { starts: () => starts }, clock);
  const gone = (): readonly number[] | undefined => {
    const { aborted, reason } = attendance.signal;
    if (!aborted) return undefined;
    assert.ok(reason instanceof Timeout);
    return reason.missing;
  };
  return { clock, starts, attendance, gone };
}

test('as long as all are there, a session goes on', async () => {
  const { clock, gone } = attended();
  await clock.advance(60_000);
  assert.equal(gone(), undefined);
});

test('a party that was started anew is named at the next look', async () => {
  const { clock, starts, gone } = attended();
  starts.set(2, 2);
  await clock.advance(1_000);
  assert.deepEqual(gone(), [2]);
});

test(
  'a party that is missed now and then is waited for, ' + 'one that is missed three times in a row has gone',
  async () => {
    const { clock, starts, gone } = attended();
    for (let i = 0; i < 5; i++) {
      starts.delete(3);
      await clock.advance(2_000);
      starts.set(3, 1);
      await clock.advance(1_000);
    }
    assert.equal(gone(), undefined);
    starts.delete(3);
    await clock.advance(3_000);
    assert.deepEqual(gone(), [3]);
  },
);

test('a party that was away and comes back as another start has left as well', async () => {
  const { clock, starts, gone } = attended();
  starts.delete(1);
  await clock.advance(2_000);
  starts.set(1, 2);
  await clock.advance(1_000);
  assert.deepEqual(gone(), [1]);
});

test('nobody is looked for any more when the session is over', async () => {
  const { clock, starts, attendance, gone } = attended();
  attendance[Symbol.dispose]();
  starts.clear();
  await clock.advance(10_000);
  assert.deepEqual([gone(), clock.pending], [undefined, 0]);
});
