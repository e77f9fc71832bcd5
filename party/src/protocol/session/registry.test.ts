import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContextMismatch } from './errors.ts';
import { Draining, SessionRegistry } from './registry.ts';

const session = (epoch: number, keyId = 'k') => ({ name: `s${epoch}`, protocol: 'p', uses: [{ keyId, epoch }] });

test('shares are in use while a session of their epoch runs, and of no other key', async () => {
  const registry = new SessionRegistry();
  const end = Promise.withResolvers<void>();
  const running = registry.during(session(1), () => end.promise);
  assert.equal(registry.retire('k', 1), true);
  assert.equal(registry.retire('k', 2), false);
  assert.equal(registry.retire('other', 2), true);
  end.resolve();
  await running;
  assert.equal(registry.retire('k', 2), true);
});

test('R1: no new session uses shares that are about to be erased, so that nobody can keep them from it', async () => {
  const registry = new SessionRegistry();
  const end = Promise.withResolvers<void>();
  const running = registry.during(session(1), () => end.promise);
  assert.equal(registry.retire('k', 2), false);
  await assert.rejects(
    registry.during(session(1), async () => {}),
    ContextMismatch,
  );
  await registry.during(session(2), async () => {});
  await registry.during(session(1, 'other'), async () => {});
  end.resolve();
  await running;
  assert.equal(registry.retire('k', 2), true);
});

test('a session that fails uses nothing any more', async () => {
  const registry = new SessionRegistry();
  await assert.rejects(
    registry.during(session(1), () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(registry.count, 0);
});

test('draining waits for running sessions and takes no new ones', async () => {
  const registry = new SessionRegistry();
  await registry.during(session(1), async () => {}); // and then it was idle
  const end = Promise.withResolvers<void>();
  const running = registry.during(session(1), () => end.promise);
  let drained = false;
  const draining = registry.drain().then(() => {
    drained = true;
  });
  await assert.rejects(
    registry.during(session(2), async () => {}),
    Draining,
  );
  assert.deepEqual([drained, registry.drains.aborted], [false, true]);
  end.resolve();
  await Promise.all([running, draining]);
  assert.equal(drained, true);
});

test('draining without a session ends at once', async () => {
  await new SessionRegistry().drain();
});
