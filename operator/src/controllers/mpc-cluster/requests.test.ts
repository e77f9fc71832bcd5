import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PAUSED_ANNOTATION } from '@mpc-operator/crds/annotations';
import { keyShareSets, mpcClusters } from '@mpc-operator/crds/resources';
import { Secret } from '@mpc-operator/runtime/resource';
import { inNamespace, runningCluster } from '../../testing/cluster-world.ts';
import { keyShareSet, mpcCluster } from '../../testing/objects.ts';
import { keyReport, views } from '../../testing/reports.ts';

/** The requests that `act` makes, reads and writes. */
async function requests({ api }: Awaited<ReturnType<typeof runningCluster>>, act: () => Promise<void>) {
  const [reads, writes] = [api.reads.length, api.writes.length];
  await act();
  return { reads: api.reads.slice(reads), writes: api.writes.slice(writes) };
}

describe('the requests of a reconcile', () => {
  for (const annotations of [{}, { [PAUSED_ANNOTATION]: 'true' }]) {
    test(`in which nothing changed are none (annotations ${JSON.stringify(annotations)})`, async () => {
      const world = await runningCluster();
      const cluster = world.cluster() ?? assert.fail();
      world.api.put(mpcClusters, { ...cluster, metadata: { ...cluster.metadata, annotations } });
      await world.reconcile();
      const made = await requests(world, async () => {
        for (let i = 0; i < 5; i++) await world.reconcile();
      });
      assert.deepEqual(made, { reads: [], writes: [] });
    });
  }

  test('in which keys change read nothing, however many keys and parties there are', async () => {
    const parties = [1, 2, 3, 4, 5].map(id => ({ id, zone: `zone-${id}` }));
    const world = await runningCluster(mpcCluster({ parties }));
    await world.reconcile();
    const { reads } = await requests(world, async () => {
      for (let i = 1; i <= 12; i++) {
        world.api.put(keyShareSets, keyShareSet({}, { name: `key-${i}`, uid: `uid-${i}` }));
        await world.parties.report(views([keyReport(i)]));
        await world.reconcile();
      }
    });
    assert.deepEqual(reads, []);
  });

  test('read each Secret of the transport once when the cluster changes, and once between two resyncs', async () => {
    const world = await runningCluster();
    const eachOnce = ['ca', 'nats-tls', 'operator-tls', 'party-1-tls', 'party-2-tls', 'party-3-tls', 'system-tls'];
    const readBy = async (act: () => Promise<void>): Promise<string[]> =>
      (await requests(world, act)).reads.map(path => path.replace('/api/v1/namespaces/ns/secrets/demo-', '')).sort();
    const twice = async (): Promise<void> => {
      await world.parties.report(views());
      await world.reconcile();
      await world.reconcile();
    };
    await world.clock.advance(100_000);
    assert.deepEqual(await readBy(twice), eachOnce);
    const cluster = world.cluster() ?? assert.fail();
    world.api.put(mpcClusters, { ...cluster, metadata: { ...cluster.metadata, generation: 2 } });
    assert.deepEqual(await readBy(twice), eachOnce);
  });

  test('show within two minutes what somebody did to a Secret', async () => {
    const world = await runningCluster();
    world.api.remove(Secret, inNamespace('demo-party-1-tls'));
    await world.clock.advance(120_000);
    await world.parties.report(views());
    await world.reconcile();
    assert.ok(world.api.get(Secret, inNamespace('demo-party-1-tls')));
  });
});
