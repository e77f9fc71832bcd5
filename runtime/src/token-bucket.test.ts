import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeClock } from './testing/fake-clock.ts';
import { TokenBucket } from './token-bucket.ts';

describe('a token bucket', () => {
  test('is full at first, then lends in order of asking', async () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket({ perSecond: 2, burst: 2, clock });
    assert.deepEqual([bucket.reserve(), bucket.reserve(), bucket.reserve(), bucket.reserve()], [0, 0, 500, 1_000]);
    await clock.advance(1_500);
    assert.equal(bucket.reserve(), 0);
  });

  test('never holds more than its burst', async () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket({ perSecond: 10, burst: 3, clock });
    await clock.advance(3_600_000);
    assert.deepEqual(
      [1, 2, 3, 4].map(() => bucket.tryTake()),
      [true, true, true, false],
    );
    await clock.advance(100);
    assert.ok(bucket.tryTake());
  });

  test('gives as many tokens as something costs, or none', async () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket({ perSecond: 1, burst: 4, clock });
    assert.deepEqual([bucket.tryTake(2.5), bucket.tryTake(2), bucket.tryTake(1.5)], [true, false, true]);
    await clock.advance(2_000);
    assert.deepEqual([bucket.tryTake(2), bucket.tryTake(0.5)], [true, false]);
  });
});
