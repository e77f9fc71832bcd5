import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ControllerRateLimiter, ExponentialFailureRateLimiter } from './rate-limiter.ts';
import { FakeClock } from './testing/fake-clock.ts';

describe('the rate limiters', () => {
  test('ItemExponentialFailureRateLimiter: base · 2^failures for each key by itself, up to the maximum', () => {
    const limiter = new ExponentialFailureRateLimiter(1, 1_000);
    assert.deepEqual(
      Array.from({ length: 5 }, () => limiter.when('a')),
      [1, 2, 4, 8, 16],
    );
    assert.equal(limiter.when('b'), 1);
    for (let i = 0; i < 2_000; i++) assert.ok(limiter.when('a') <= 1_000);
    limiter.forget('a');
    assert.equal(limiter.when('a'), 1);
  });

  test('the controller limiter goes from 5 ms to 1000 s', () => {
    const clock = new FakeClock();
    const limiter = new ControllerRateLimiter(clock);
    assert.equal(limiter.when('a'), 5);
    for (let i = 0; i < 30; i++) limiter.when('a');
    assert.equal(limiter.when('a'), 1_000_000);
  });

  test('the controller limiter lets 100 keys through at once, and then 10 each second', async () => {
    const clock = new FakeClock();
    const limiter = new ControllerRateLimiter(clock);
    for (let i = 0; i < 100; i++) assert.equal(limiter.when(`key-${i}`), 5);
    assert.equal(limiter.when('one more'), 100);
    assert.equal(limiter.when('and another'), 200);
    await clock.advance(1_200);
    assert.equal(limiter.when('later'), 5);
  });
});
