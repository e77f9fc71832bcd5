import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAUSED_ANNOTATION } from '@mpc-operator/crds/annotations';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { keyShareSets, mpcClusters } from '@mpc-operator/crds/resources';
import { Pod, PodDisruptionBudget, Secret, Service, StatefulSet } from '@mpc-operator/runtime/resource';
import { createClusterWorld, inNamespace, runningCluster } from '../../testing/cluster-world.ts';
import { keyShareSet, mpcCluster } from '../../testing/objects.ts';
import { keyReport, view, views, withView } from '../../testing/reports.ts';

const DAY = 24 * 3600 * 1000;
const annotations = { [PAUSED_ANNOTATION]: 'true' };

async function pausedCluster() {
  const world = await runningCluster();
  const change = (spec: Partial<MpcCluster['spec']>, metadata: Partial<MpcCluster['metadata']> = {}) => {
    const cluster = world.cluster() ?? assert.fail();
    const changed = { ...cluster.metadata, annotations, generation: 2, ...metadata };
    world.api.put(mpcClusters, { ...cluster, metadata: changed, spec: { ...cluster.spec, ...spec } });
  };
  change({});
  const certificate = (name: string) => world.api.get(Secret, inNamespace(name))?.data?.['tls.crt'];
  return { ...world, change, certificate };
}

describe('a paused MpcCluster', () => {
  test('has its certificates renewed and loaded, for as long as it is paused', async () => {
    const world = await pausedCluster();
    const names = ['demo-party-2-tls', 'demo-nats-tls', 'demo-operator-tls', 'demo-system-tls'];
    for (let month = 1; month <= 4; month++) {
      const before = names.map(world.certificate);
      const loads = world.loads.length;
      await world.clock.advance(61 * DAY);
      await world.parties.report(views());
      await world.reconcile();
      for (const [i, name] of names.entries()) assert.notEqual(world.certificate(name), before[i], name);
      assert.equal(world.loads.length, loads + 1, 'the servers are told');
    }
    assert.match(world.condition('Ready'), /^True AllPartiesReady/);
    assert.match(world.condition('Progressing'), /^True Paused .*certificates are renewed all the same/);
  });

  test('restarts nothing, whatever changes in its spec', async () => {
    const world = await pausedCluster();
    const templates = () => world.caches.statefulSets.list().map(({ spec }) => spec);
    const before = templates();
    world.change({ images: { pullPolicy: 'Always', party: 'example.test/party:2', nats: 'example.test/nats:2' } });
    world.startPods('r0');
    for (const pod of world.caches.pods.list()) {
      world.api.put(Pod, { ...pod, status: { conditions: [{ type: 'Ready', status: 'False' }] } });
    }
    for (let i = 0; i < 3; i++) await world.reconcile();
    assert.deepEqual(templates(), before);
    assert.ok(!world.api.writes.some(write => write.endsWith('eviction')));
    const budget = world.api.get(PodDisruptionBudget, inNamespace('demo-party'))?.spec;
    assert.equal(budget?.unhealthyPodEvictionPolicy, 'IfHealthyBudget');
    world.change({}, { annotations: {} });
    await world.reconcile();
    assert.notDeepEqual(templates(), before, 'the pause only put it off');
    assert.ok(world.api.writes.includes('POST pods demo-party-1-0 eviction'));
  });

  test('is looked at, and its budget follows what parties and keys allow', async () => {
    const world = await pausedCluster();
    world.api.put(keyShareSets, keyShareSet());
    const budget = () => world.api.get(PodDisruptionBudget, inNamespace('demo-party'))?.spec?.maxUnavailable;
    await world.parties.report(views([keyReport(1)]));
    await world.reconcile();
    assert.equal(budget(), 1);
    await world.parties.report(withView(views([keyReport(1)]), view(2, [keyReport(2, { final: 1 })])));
    world.api.remove(Pod, inNamespace('demo-party-3-0'));
    await world.reconcile();
    assert.equal(budget(), 0);
    assert.match(world.condition('Ready'), /^False PartiesNotReady party 3/);
  });

  test('gets back what it loses', async () => {
    const world = await pausedCluster();
    world.api.remove(Service, inNamespace('demo-nats'));
    world.api.remove(StatefulSet, inNamespace('demo-party-3'));
    await world.reconcile();
    assert.ok(world.api.get(Service, inNamespace('demo-nats')));
    assert.ok(world.api.get(StatefulSet, inNamespace('demo-party-3')));
  });

  test('is not deleted', async () => {
    const world = await pausedCluster();
    world.change({ deletionPolicy: 'Destroy' }, { deletionTimestamp: '2026-11-21T12:00:00Z' });
    await world.reconcile();
    assert.ok(!world.api.writes.some(write => write.startsWith('DELETE')));
    assert.match(world.condition('Progressing'), /^True Paused/);
  });

  test('that has not begun does not begin: it has no finalizer, and nothing is made', async () => {
    const world = createClusterWorld(mpcCluster({}, { annotations }));
    await world.reconcile();
    assert.deepEqual(world.api.writes, ['PATCH mpcclusters demo status']);
    assert.match(world.condition('Progressing'), /^True Paused there is no Secret demo-ca, and no authority is made/);
  });
});
