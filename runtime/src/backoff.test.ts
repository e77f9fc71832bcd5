import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Backoff } from './backoff.ts';
import { FakeClock } from './testing/fake-clock.ts';

describe('a back-off', () => {
  test('doubles up to its cap, each step lengthened by chance up to twice', () => {
    const backoff = new Backoff({ base: 800, cap: 30_000, resetAfter: 120_000, clock: new FakeClock() });
    for (const step of [800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]) {
      const delay = backoff.delay();
      assert.ok(delay >= step && delay <= 2 * step, `${delay} for ${step}`);
    }
  });
});
