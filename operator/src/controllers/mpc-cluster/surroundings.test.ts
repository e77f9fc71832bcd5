import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mpcClusters } from '@mpc-operator/crds/resources';
import { Event, Node, Pod } from '@mpc-operator/runtime/resource';
import { inNamespace, runningCluster } from '../../testing/cluster-world.ts';
import { mpcCluster } from '../../testing/objects.ts';
import { views } from '../../testing/reports.ts';

type World = Awaited<ReturnType<typeof runningCluster>>;

function refuse({ api, caches }: World, name: string): void {
  api.remove(Pod, inNamespace(`${name}-0`));
  const { uid } = caches.statefulSets.get(inNamespace(name))?.metadata ?? {};
  api.put(Event, {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: inNamespace(`${name}.1`),
    eventTime: '2026-11-21T12:00:00Z',
    regarding: { kind: 'StatefulSet', name, ...(uid === undefined ? {} : { uid }) },
    type: 'Warning',
    reason: 'FailedCreate',
    note: `create Pod ${name}-0 in StatefulSet ${name} failed error: exceeded quota`,
  });
}

const events = ({ api }: World) => api.lists.filter(path => path.includes('/events'));

describe('what surrounds a cluster', () => {
  test('is not asked for its events while all pods run', async () => {
    const world = await runningCluster();
    const before = events(world).length;
    for (let i = 0; i < 3; i++) await world.reconcile();
    assert.equal(events(world).length, before);
    const nodes = world.api.lists.filter(path => path.includes('/nodes'));
    assert.equal(nodes.length, 3, 'each zone is asked for once');
    for (const path of nodes) assert.match(path, /limit=1$/);
  });

  for (const [name, condition] of [
    ['demo-party-2', 'Ready'],
    ['demo-nats', 'TransportReady'],
  ] as const) {
    test(`says who refused a pod of ${name}, and is looked at again`, async () => {
      const world = await runningCluster();
      refuse(world, name);
      await world.settled();
      await world.parties.report(views());
      const before = events(world).length;
      const [first] = [await world.reconcile(), await world.reconcile()];
      assert.equal(first.requeueAfter, 10_000);
      assert.equal(events(world).length, before + 1, 'once for all reconciles of the moment');
      assert.match(events(world).at(-1) ?? '', /namespaces\/ns\/events\?fieldSelector=regarding.kind%3DStatefulSet/);
      const said = [world.condition(condition), JSON.stringify(world.cluster()?.status)].join();
      assert.match(said, /FailedCreate.*create Pod .* exceeded quota/);
    });
  }

  test('does not hold up a cluster when events and nodes cannot be read, and says so', async () => {
    const world = await runningCluster();
    refuse(world, 'demo-party-2');
    world.api.refuses = path => path.includes('/events') || path.includes('/nodes');
    await world.clock.advance(600_000);
    await world.parties.report(views());
    await world.reconcile();
    assert.match(world.condition('Ready'), /^False .*party 2 .*events cannot be read/);
    assert.match(world.condition('ZonesSpread'), /^Unknown NodesUnknown/);
  });

  test('shows that a zone has no node, and that it has one again', async () => {
    const world = await runningCluster();
    assert.match(world.condition('ZonesSpread'), /^True/);
    const cluster = world.cluster() ?? assert.fail();
    const [first, second] = cluster.spec.parties;
    const parties = [first, second, { id: 3, zone: 'nowhere' }].flatMap(party => party ?? []);
    world.api.put(mpcClusters, { ...cluster, spec: { ...cluster.spec, parties } });
    assert.equal((await world.reconcile()).requeueAfter, 10_000);
    assert.match(world.condition('ZonesSpread'), /^False ZonesWithoutNodes .*zone of nowhere \(party 3\)/);
    const labels = { 'topology.kubernetes.io/zone': 'nowhere' };
    world.api.put(Node, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'new', labels } });
    await world.clock.advance(10_000);
    await world.parties.report(views());
    await world.reconcile();
    assert.match(world.condition('ZonesSpread'), /^True/);
  });

  test('counts only nodes that parties may run on', async () => {
    const world = await runningCluster(mpcCluster({ placement: { party: { nodeSelector: { pool: 'mpc' } } } }));
    assert.match(world.condition('ZonesSpread'), /^False ZonesWithoutNodes no node with pool=mpc has/);
  });
});
