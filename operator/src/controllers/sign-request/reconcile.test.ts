import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signRequests } from '@mpc-operator/crds/resources';
import { isConflict } from '@mpc-operator/runtime/api-error';
import { keyOf } from '@mpc-operator/runtime/object';
import { CREATED, signRequest } from '../../testing/objects.ts';
import { createWorld } from '../../testing/world.ts';
import { signRequestReconciler } from './reconcile.ts';

function setUp(request = signRequest({}, { generation: 1 })) {
  const world = createWorld(new Date(CREATED));
  world.api.put(signRequests, request);
  const seen = world.api.get(signRequests, keyOf(request)) ?? assert.fail();
  return {
    ...world,
    /** Reconciles with a cache that shows the request as it was at first. */
    reconcile: () => {
      const caches = { ...world.caches, requests: { ...world.caches.requests, get: () => seen } };
      return signRequestReconciler({ ...world, caches })(keyOf(request), world.context);
    },
    status: () => world.api.get(signRequests, keyOf(request))?.status,
    /** The conditions, with the generation that they were observed for. */
    conditions: () =>
      (world.api.get(signRequests, keyOf(request))?.status?.conditions ?? []).map(
        ({ type, status, reason, observedGeneration }) => `${type} ${status} ${reason} ${observedGeneration}`,
      ),
  };
}

test('a request for a key that is not there says so, and waits for it until its deadline', async () => {
  const world = setUp();
  assert.deepEqual(await world.reconcile(), { requeueAfter: 60_000 });
  assert.equal(world.status()?.phase, 'Pending');
  assert.equal(world.status()?.reason, 'KeyNotFound');
  assert.deepEqual(world.conditions(), ['Signed Unknown KeyNotFound 1', 'Failed False KeyNotFound 1']);
});

test('what a party wrote meanwhile is never overwritten', async () => {
  const world = setUp();
  const signing = { phase: 'Signing', reason: 'Session', attempts: 1 } as const;
  world.api.put(signRequests, signRequest({}, {}, signing));
  await assert.rejects(world.reconcile(), isConflict);
  assert.deepEqual(world.status(), signing);
});

test('a request past its deadline fails, with the reason', async () => {
  const world = setUp();
  await world.clock.advance(60_000);
  await world.reconcile();
  assert.equal(world.status()?.phase, 'Failed');
  assert.equal(world.status()?.completionTime, '2026-11-01T00:01:00Z');
  assert.deepEqual(world.conditions(), ['Signed False DeadlineExceeded 1', 'Failed True DeadlineExceeded 1']);
  assert.match(world.status()?.message ?? '', /spec.deadlineSeconds \(60\).*no KeyShareSet treasury/);
});
