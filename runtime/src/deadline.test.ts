import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { sleep } from './clock.ts';
import { DeadlineExceeded, withDeadline } from './deadline.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';

describe('a deadline', () => {
  test('aborts the signal of the work with an error of its own', async () => {
    const clock = new FakeClock();
    const work = withDeadline(clock, 100, undefined, async signal => {
      await sleep(clock, 1_000, signal);
    });
    const failed = assert.rejects(work, DeadlineExceeded);
    await clock.advance(100);
    await failed;
  });

  test('follows its parent, and leaves neither timer nor listener behind', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const work = withDeadline(clock, 100, stop.signal, async signal => await sleep(clock, 1_000, signal));
    const failed = assert.rejects(work, /enough/);
    await settle();
    stop.abort(new Error('enough'));
    await failed;
    assert.equal(clock.pending, 0);
    const parent = new AbortController().signal;
    assert.equal(await withDeadline(clock, 100, parent, async () => 'done'), 'done');
    assert.equal(clock.pending, 0);
    assert.deepEqual(getEventListeners(parent, 'abort'), []);
  });
});
