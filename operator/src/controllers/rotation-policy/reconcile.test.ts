import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RotationPolicy } from '@mpc-operator/crds/generated/api';
import { keyShareSets, mpcClusters, rotationPolicies } from '@mpc-operator/crds/resources';
import { isForbidden } from '@mpc-operator/runtime/api-error';
import { keyOf } from '@mpc-operator/runtime/object';
import { keyShareSet, mpcCluster, rotationPolicy } from '../../testing/objects.ts';
import { createWorld } from '../../testing/world.ts';
import { rotationPolicyReconciler } from './reconcile.ts';

const SLOT = '2026-11-21T12:00:00Z';

function setUp(spec: Partial<RotationPolicy['spec']> = {}, metadata: Partial<RotationPolicy['metadata']> = {}) {
  const world = createWorld(new Date('2026-11-21T12:00:00.500Z'));
  const policy = rotationPolicy({ keys: { all: true }, ...spec }, metadata);
  world.api.put(rotationPolicies, policy);
  for (const name of ['a', 'b', 'c']) world.api.put(keyShareSets, keyShareSet({}, { name, uid: name }));
  const reconciler = rotationPolicyReconciler(world);
  return {
    ...world,
    reconcile: () => reconciler(keyOf(policy), world.context),
    status: () => world.api.get(rotationPolicies, keyOf(policy))?.status,
    asked: (name: string) =>
      world.api.get(keyShareSets, { namespace: 'ns', name })?.metadata.annotations?.[
        'rotation.mpc.keyshare.dev/nightly'
      ],
  };
}

test('a slot is asked for once of each key, and comes again with the next', async () => {
  const world = setUp();
  assert.deepEqual(await world.reconcile(), { requeueAfter: 3_600_000 - 500 });
  assert.deepEqual(['a', 'b', 'c'].map(world.asked), [SLOT, SLOT, SLOT]);
  assert.equal(world.status()?.lastScheduleTime, SLOT);
  const written = world.api.writes.length;
  for (let i = 0; i < 10; i++) await world.reconcile();
  assert.equal(world.api.writes.length, written, 'at rest nothing is written');
  await world.clock.advance(3_600_000);
  await world.reconcile();
  assert.equal(world.asked('a'), '2026-11-21T13:00:00Z');
});

test('with ecdsa keys a slot is asked for once of their MpcCluster, too', async () => {
  const world = setUp();
  const clusters = ['demo', 'other'].map(name => world.api.put(mpcClusters, mpcCluster({}, { name, uid: name })));
  world.api.put(keyShareSets, keyShareSet({ curve: 'p256', purpose: 'ecdsa' }, { name: 'b', uid: 'b' }));
  await world.reconcile();
  const asked = clusters.map(
    cluster => world.api.get(mpcClusters, keyOf(cluster))?.metadata.annotations?.['rotation.mpc.keyshare.dev/nightly'],
  );
  assert.deepEqual(asked, [SLOT, undefined]);
  const order = world.api.writes.flatMap(write => / (mpcclusters|keysharesets) /.exec(write)?.[1] ?? []);
  assert.equal(order[0], 'mpcclusters', 'first, for its keys wait for it');
  assert.deepEqual(['a', 'b', 'c'].map(world.asked), [SLOT, SLOT, SLOT]);
  assert.ok(
    world.notes.includes(`nightly: Normal SlotStarted due at ${SLOT}: a, b, c; with the auxiliary information of demo`),
  );
  const written = world.api.writes.length;
  await world.reconcile();
  assert.equal(world.api.writes.length, written, 'at rest nothing is written');
});

test('an MpcCluster that cannot be asked holds up no key, and is asked again', async () => {
  const world = setUp();
  world.api.put(mpcClusters, mpcCluster());
  world.api.put(keyShareSets, keyShareSet({ curve: 'p256', purpose: 'ecdsa' }, { name: 'b', uid: 'b' }));
  world.api.refuses = path => path.includes('/mpcclusters/');
  await assert.rejects(world.reconcile(), isForbidden);
  assert.deepEqual(['a', 'b', 'c'].map(world.asked), [SLOT, SLOT, SLOT]);
});

test('a policy that is suspended asks for nothing', async () => {
  const world = setUp({ suspend: true });
  assert.deepEqual(await world.reconcile(), {});
  assert.equal(world.asked('a'), undefined);
});

test('a slot that comes while the policy is paused is not started', async () => {
  const world = setUp({}, { annotations: { 'mpc.keyshare.dev/paused': 'true' } });
  assert.deepEqual(await world.reconcile(), {});
  assert.equal(world.asked('a'), undefined);
  assert.equal(world.status()?.lastScheduleTime, undefined);
  assert.equal(world.status()?.conditions?.find(({ type }) => type === 'Ready')?.reason, 'Paused');
});

test('a key that cannot be asked holds up no other, and is asked again', async () => {
  const world = setUp();
  world.api.refuses = path => path.includes('/keysharesets/a');
  await assert.rejects(world.reconcile(), isForbidden);
  assert.deepEqual(['a', 'b', 'c'].map(world.asked), [undefined, SLOT, SLOT]);
  assert.deepEqual(world.status()?.active, ['a', 'b', 'c']);
  world.api.refuses = () => false;
  await world.reconcile();
  assert.equal(world.asked('a'), SLOT);
});

test('an older policy with an empty selector asks for nothing, and says how to ask for all', async () => {
  const world = setUp({ keys: { selector: {} } });
  assert.deepEqual(await world.reconcile(), {});
  assert.deepEqual(['a', 'b', 'c'].map(world.asked), [undefined, undefined, undefined]);
  const conditions = world.status()?.conditions;
  assert.deepEqual(
    ['Ready', 'Stalled'].map(of => conditions?.find(({ type }) => type === of)?.status),
    ['False', 'True'],
  );
  const ready = conditions?.find(({ type }) => type === 'Ready');
  assert.equal(ready?.reason, 'InvalidSelection');
  assert.match(ready?.message ?? '', /spec\.keys\.selector is empty: .* set spec\.keys\.all to true/);
});

test('an older policy with a date for a schedule asks for nothing, and says what a schedule is', async () => {
  const world = setUp({ schedule: '2026-11-21T12:00:00' });
  assert.deepEqual(await world.reconcile(), {});
  assert.deepEqual(['a', 'b', 'c'].map(world.asked), [undefined, undefined, undefined]);
  const ready = world.status()?.conditions?.find(({ type }) => type === 'Ready');
  assert.deepEqual([ready?.status, ready?.reason], ['False', 'InvalidSchedule']);
});
