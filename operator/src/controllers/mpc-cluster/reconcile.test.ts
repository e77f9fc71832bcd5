import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import { keyShareSets, mpcClusters } from '@mpc-operator/crds/resources';
import { keyOf } from '@mpc-operator/runtime/object';
import { PersistentVolumeClaim, Pod, PodDisruptionBudget, Secret, StatefulSet } from '@mpc-operator/runtime/resource';
import { clusterKey, createClusterWorld, inNamespace, runningCluster } from '../../testing/cluster-world.ts';
import { keyShareSet, mpcCluster } from '../../testing/objects.ts';
import { keyReport, view, views, withView } from '../../testing/reports.ts';
import { MPC_CLUSTER_FINALIZER } from './reconcile.ts';

describe('an MpcCluster', () => {
  test('becomes ready when its pods are and its parties say so', async () => {
    const world = await runningCluster();
    assert.match(world.condition('Ready'), /^True AllPartiesReady/);
    assert.match(world.condition('TransportReady'), /^True Connected/);
    assert.equal(world.cluster()?.status?.readyParties, '3/3');
    assert.match(world.cluster()?.status?.caFingerprint ?? '', /^[0-9a-f]{64}$/);
    assert.deepEqual(world.cluster()?.metadata.finalizers, [MPC_CLUSTER_FINALIZER]);
    assert.ok(world.notes.some(note => note.startsWith('demo: Normal AllPartiesReady')));
  });

  test('keeps the threshold that a key has, whatever threshold its KeyShareSet asks for', async () => {
    const world = await runningCluster();
    world.api.put(keyShareSets, keyShareSet({ threshold: 2 }));
    await world.parties.report(views([keyReport(1, { spec: { ...keyReport(1).spec, threshold: 3 } })]));
    await world.reconcile();
    assert.equal(world.api.get(PodDisruptionBudget, inNamespace('demo-party'))?.spec?.maxUnavailable, 0);
    assert.match(world.condition('ZonesSpread'), /^False/);
  });

  test('at rest is written nothing of', async () => {
    const world = await runningCluster();
    await world.reconcile();
    const before = world.api.writes.length;
    for (let i = 0; i < 3; i++) await world.reconcile();
    assert.deepEqual(world.api.writes.slice(before), []);
    assert.equal(world.loads.length, 1, 'the servers are asked once for each revision');
  });

  test('warns once when a party bans another', async () => {
    const world = await runningCluster();
    const banned = [{ party: 3, reason: 'a wrong proof' }];
    await world.parties.report(withView(views(), view(1, [], { banned })));
    for (let i = 0; i < 3; i++) await world.reconcile();
    const warnings = world.notes.filter(note => note.startsWith('demo: Warning'));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /PartyBanned NoMisbehaviour is False: party 3 is banned by 1 \(a wrong proof\)/);
  });

  test('gets PINs before the volumes they are for, and never other ones', async () => {
    const world = await runningCluster();
    const made = world.api.writes.filter(write => write.startsWith('POST'));
    assert.ok(
      made.indexOf('POST secrets demo-party-1-pin') < made.indexOf('POST persistentvolumeclaims token-demo-party-1'),
    );
    const secret = world.api.get(Secret, inNamespace('demo-party-1-pin')) ?? assert.fail();
    world.api.remove(Secret, inNamespace('demo-party-1-pin'));
    await world.reconcile();
    assert.equal(
      world.api.get(Secret, inNamespace('demo-party-1-pin')),
      undefined,
      'there is a token: new PINs are wrong',
    );
    world.api.put(Secret, secret);
    world.api.remove(PersistentVolumeClaim, inNamespace('token-demo-party-1'));
    await world.reconcile();
    assert.deepEqual(world.api.get(Secret, inNamespace('demo-party-1-pin'))?.data, secret.data);
    assert.ok(world.api.get(PersistentVolumeClaim, inNamespace('token-demo-party-1')));
  });

  test('keeps an authority that cannot be read, and says so', async () => {
    const world = await runningCluster();
    const secret = world.api.get(Secret, inNamespace('demo-ca')) ?? assert.fail();
    const broken = { ...secret, data: { ...secret.data, 'tls.key': Buffer.from('mine').toString('base64') } };
    world.api.put(Secret, broken);
    await world.clock.advance(100_000);
    await world.parties.report(views());
    await assert.rejects(world.reconcile(), /Secret demo-ca holds no usable authority \(KeyMismatch\): restore it/);
    assert.equal(world.api.get(Secret, inNamespace('demo-ca'))?.data?.['tls.key'], broken.data['tls.key']);
    assert.match(world.condition('Progressing'), /^True CertificatesFailed Secret demo-ca .*restore it/);
  });

  test('changes its authority in three steps, and in each everybody trusts what everybody shows', async () => {
    const world = await runningCluster();
    const file = (secret: string, name: string) =>
      Buffer.from(world.api.get(Secret, inNamespace(secret))?.data?.[name] ?? '', 'base64').toString();
    const first = file('demo-ca', 'tls.crt');
    const ask = (value: string) => {
      const cluster = world.cluster() ?? assert.fail();
      const annotations = { 'mpc.keyshare.dev/renew-authority': value };
      world.api.put(mpcClusters, { ...cluster, metadata: { ...cluster.metadata, annotations } });
    };
    const next = async () => {
      await world.clock.advance(600_000);
      await world.parties.report(views());
      await world.reconcile();
      await world.parties.report(views());
      return await world.reconcile();
    };
    /** The trusted authorities, and the one of them that issued all certificates. */
    const seen = () => {
      const secrets = ['demo-party-1-tls', 'demo-nats-tls', 'demo-operator-tls', 'demo-system-tls'];
      const bundles = new Set(secrets.map(secret => file(secret, 'ca.crt')));
      assert.equal(bundles.size, 1);
      const trusted = [...bundles].join().split(/(?<=END CERTIFICATE-----\n)/);
      const leaves = secrets.map(secret => new X509Certificate(file(secret, 'tls.crt')));
      const issued = (by: string) => leaves.every(leaf => leaf.verify(new X509Certificate(by).publicKey));
      return { issuer: trusted.find(issued), trusted };
    };
    world.state.servers = { current: ['0', '1'], behind: ['2'] };
    ask('leaked');
    await next();
    const [, second] = seen().trusted;
    assert.deepEqual(seen(), { issuer: first, trusted: [first, second] });
    await next();
    assert.equal(seen().issuer, first, 'a server does not trust the new one yet');
    world.state.servers = { current: ['0', '1', '2'], behind: [] };
    await next();
    assert.deepEqual(seen(), { issuer: second, trusted: [first, second] });
    await next();
    assert.deepEqual(seen(), { issuer: second, trusted: [second] });
    assert.equal(file('demo-ca', 'other.key'), '');
    const written = world.api.writes.length;
    await next();
    await next();
    assert.deepEqual(
      world.api.writes.slice(written).filter(write => write.includes('secrets')),
      [],
      'a request is carried out once',
    );
    assert.equal(world.notes.filter(note => note.includes('AuthorityRenewal')).length, 3);
  });

  test('renews certificates in time, and has the servers load theirs until they have', async () => {
    const world = await runningCluster();
    const certificate = (name: string) => world.api.get(Secret, inNamespace(name))?.data?.['tls.crt'];
    const [party, nats] = [certificate('demo-party-2-tls'), certificate('demo-nats-tls')];
    await world.clock.advance(61 * 24 * 3600 * 1000);
    await world.parties.report(views());
    world.state.servers = { current: ['0'], behind: ['1', '2'] };
    const result = await world.reconcile();
    assert.notEqual(certificate('demo-party-2-tls'), party);
    assert.notEqual(certificate('demo-nats-tls'), nats);
    assert.equal(result.requeueAfter, 10_000);
    await world.parties.report(views());
    await world.reconcile();
    assert.match(world.condition('TransportReady'), /^True ReloadPending .*1, 2/);
    assert.equal(world.loads.length, 2, 'not at every event');
    world.state.servers = { current: ['0', '1', '2'], behind: [] };
    await world.clock.advance(10_000);
    await world.parties.report(views());
    assert.equal((await world.reconcile()).requeueAfter, undefined);
    assert.match(world.condition('TransportReady'), /^True Connected/);
    assert.equal(new Set(world.loads).size, 2);
  });

  test('lets as many parties go as the budget says, and none that it knows nothing of', async () => {
    const world = await runningCluster();
    world.api.put(keyShareSets, keyShareSet());
    const budget = () => world.api.get(PodDisruptionBudget, inNamespace('demo-party'))?.spec?.maxUnavailable;
    await world.parties.report(views([keyReport(1)]));
    await world.reconcile();
    assert.equal(budget(), 1);
    await world.parties.report(withView(views([keyReport(1)]), view(2, [keyReport(2, { final: 1 })])));
    await world.reconcile();
    assert.equal(budget(), 0);
  });

  test('restarts one outdated party at a time, and waits until the caches show it', async () => {
    const world = await runningCluster();
    world.startPods('r0');
    const evictions = () => world.api.writes.filter(write => write.endsWith('eviction'));
    await world.reconcile();
    assert.deepEqual(evictions(), ['POST pods demo-party-1-0 eviction']);
    await world.reconcile();
    assert.equal(evictions().length, 1, 'the pod of before is still in the cache');
    assert.match(world.condition('Progressing'), /^True RolloutWaiting waiting to see/);
    world.startPods('r1', [1]);
    await world.reconcile();
    assert.deepEqual(evictions().slice(1), ['POST pods demo-party-2-0 eviction']);
  });

  test('lets parties that their template broke go, however many they are', async () => {
    const world = await runningCluster();
    const budget = () => world.api.get(PodDisruptionBudget, inNamespace('demo-party'))?.spec;
    assert.equal(budget()?.unhealthyPodEvictionPolicy, 'IfHealthyBudget');
    world.startPods('r0');
    for (const pod of world.caches.pods.list()) {
      world.api.put(Pod, { ...pod, status: { conditions: [{ type: 'Ready', status: 'False' }] } });
    }
    await world.reconcile();
    assert.equal(budget()?.unhealthyPodEvictionPolicy, 'AlwaysAllow');
    assert.ok(world.api.writes.includes('POST pods demo-party-1-0 eviction'));
  });

  test('takes no for an answer: what the budget refuses is tried again', async () => {
    const world = await runningCluster();
    world.startPods('r0');
    world.api.evictions = false;
    const result = await world.reconcile();
    assert.match(world.condition('Progressing'), /^True RolloutWaiting the disruption budget holds party 1 back/);
    assert.equal(result.requeueAfter, 10_000);
  });

  test('keeps what a leader before saw until all parties had the time to report', async () => {
    const first = await runningCluster();
    const cluster = first.cluster() ?? assert.fail();
    const second = createClusterWorld(cluster);
    await second.reconcile();
    assert.match(second.condition('Ready'), /^True/);
    await second.settled();
    await second.reconcile();
    assert.match(second.condition('Ready'), /^False/);
  });
});

describe('the deletion of an MpcCluster', () => {
  const deleted = async (policy: 'Retain' | 'Destroy') => {
    const world = await runningCluster(mpcCluster({ deletionPolicy: policy }));
    const cluster = world.cluster() ?? assert.fail();
    world.api.put(mpcClusters, {
      ...cluster,
      metadata: { ...cluster.metadata, deletionTimestamp: '2026-11-21T12:00:00Z' },
    });
    return world;
  };
  const stopPods = ({ api }: ReturnType<typeof createClusterWorld>) => {
    for (const id of [1, 2, 3]) api.remove(Pod, inNamespace(`demo-party-${id}-0`));
  };

  test('waits for its keys, and keeps its parties running for them', async () => {
    const world = await deleted('Destroy');
    world.api.put(keyShareSets, keyShareSet());
    await world.reconcile();
    assert.ok(world.api.get(StatefulSet, inNamespace('demo-party-1')));
    assert.match(world.condition('Progressing'), /^True Deleting .*treasury/);
  });

  test('stops the parties first, and touches nothing of theirs before', async () => {
    const world = await deleted('Destroy');
    await world.reconcile();
    assert.equal(world.api.get(StatefulSet, inNamespace('demo-party-1')), undefined);
    assert.ok(world.api.get(PersistentVolumeClaim, inNamespace('store-demo-party-1')));
    assert.match(world.condition('Progressing'), /^True Deleting .*demo-party-1-0/);
    assert.ok(!world.api.writes.some(write => write.startsWith('DELETE pods')), 'never by force');
  });

  test('with Destroy deletes volumes and PINs', async () => {
    const world = await deleted('Destroy');
    stopPods(world);
    await world.reconcile();
    assert.equal(world.cluster(), undefined);
    assert.equal(world.caches.claims.list().length, 0);
    assert.equal(world.api.get(Secret, inNamespace('demo-party-3-pin')), undefined);
    assert.equal(world.connections.get(clusterKey), undefined);
  });

  test('with Retain keeps them, and a cluster of the same name takes them up again', async () => {
    const world = await deleted('Retain');
    stopPods(world);
    await world.reconcile();
    assert.equal(world.cluster(), undefined);
    const kept = world.caches.claims.list().map(claim => claim.metadata.uid);
    const pins = world.api.get(Secret, inNamespace('demo-party-3-pin'))?.data;
    assert.equal(kept.length, 6);
    world.api.put(mpcClusters, mpcCluster({}, { uid: 'another' }));
    const written = world.api.writes.length;
    assert.equal((await world.reconcile()).requeueAfter, 2_000, 'what is to be collected goes soon');
    assert.match(world.condition('Ready'), /^False NameTaken Secret demo-ca is of an earlier MpcCluster demo/);
    assert.ok(world.api.writes.slice(written).every(write => write.startsWith('PATCH mpcclusters demo')));
    world.api.collectGarbage('cluster-uid');
    await world.reconcile();
    await world.clock.advance(30_000);
    await world.reconcile();
    assert.doesNotMatch(world.condition('Progressing'), /NameTaken/);
    assert.ok(world.api.get(StatefulSet, inNamespace('demo-party-3')));
    assert.deepEqual(
      world.caches.claims.list().map(claim => claim.metadata.uid),
      kept,
    );
    assert.deepEqual(world.api.get(Secret, inNamespace('demo-party-3-pin'))?.data, pins);
  });

  test('leaves nothing behind when the object is gone', async () => {
    const world = await runningCluster();
    world.api.remove(mpcClusters, keyOf(mpcCluster()));
    await world.reconcile();
    assert.equal(world.connections.get(clusterKey), undefined);
  });
});
