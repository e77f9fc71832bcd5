import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { Avoided } from './avoided.ts';

test('a party that did not join is not asked for a minute; presignatures that it has part of may be used', async () => {
  const clock = new FakeClock();
  const avoided = new Avoided(clock);
  avoided.wasAbsent(2);
  assert.deepEqual([avoided.mayAsk(2), avoided.mayUse(2), avoided.mayAsk(3)], [false, true, true]);
  await clock.advance(60_000);
  assert.ok(avoided.mayAsk(2));
});

test('a signer that always declines costs ever fewer presignatures: at most 25 in three hours', async () => {
  const clock = new FakeClock();
  const avoided = new Avoided(clock);
  let used = 0;
  for (let second = 0; second < 3 * 3_600; second++) {
    if (avoided.mayUse(2)) {
      used += 1;
      avoided.hasDeclined(2);
      assert.ok(!avoided.mayAsk(2), 'nor is one made with it');
    }
    await clock.advance(1_000);
  }
  assert.ok(used <= 25, `${used} presignatures`);
  assert.ok(avoided.mayUse(3), 'another signer is none the worse for it');
});

test('a signer that signs after it has declined begins anew', async () => {
  const clock = new FakeClock();
  const avoided = new Avoided(clock);
  for (let i = 0; i < 5; i++) avoided.hasDeclined(2);
  await clock.advance(79_999);
  assert.ok(!avoided.mayUse(2));
  await clock.advance(1);
  assert.ok(avoided.mayUse(2));
  avoided.haveSigned([1, 2]);
  avoided.hasDeclined(2);
  await clock.advance(5_000);
  assert.ok(avoided.mayUse(2));
});
