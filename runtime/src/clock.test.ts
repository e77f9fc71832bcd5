import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jitter, sleep, systemClock } from './clock.ts';
import { FakeClock } from './testing/fake-clock.ts';

describe('the system clock', () => {
  test('waits longer than a timer of Node can', t => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const month = 30 * 24 * 3_600_000;
    let fired = false;
    systemClock.after(month, () => {
      fired = true;
    });
    t.mock.timers.tick(2 ** 31);
    assert.ok(!fired);
    // The mocked timer of the second piece starts at the end of the first tick.
    t.mock.timers.tick(month - 2 ** 31 + 1);
    assert.ok(fired);
  });

  test('cancels a wait, also in its later pieces', t => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const cancel = systemClock.after(2 ** 32, () => assert.fail('was cancelled'));
    t.mock.timers.tick(2 ** 31);
    cancel();
    t.mock.timers.tick(2 ** 33);
  });
});

describe('sleep', () => {
  test('ends with its signal and leaves no timer behind', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const slept = assert.rejects(sleep(clock, 1_000, stop.signal), { name: 'AbortError' });
    stop.abort();
    await slept;
    assert.equal(clock.pending, 0);
    await assert.rejects(sleep(clock, 1_000, stop.signal), { name: 'AbortError' });
  });
});

test('jitter only lengthens', () => {
  for (let i = 0; i < 100; i++) {
    const ms = jitter(1_000, 0.1);
    assert.ok(ms >= 1_000 && ms <= 1_100);
  }
});
