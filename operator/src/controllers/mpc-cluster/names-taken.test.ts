import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { labels } from '@mpc-operator/crds/names';
import { mpcClusters } from '@mpc-operator/crds/resources';
import { type KubernetesObject, keyOf, type ObjectMeta } from '@mpc-operator/runtime/object';
import {
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  type Resource,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
} from '@mpc-operator/runtime/resource';
import { createClusterWorld, inNamespace, runningCluster } from '../../testing/cluster-world.ts';
import { mpcCluster } from '../../testing/objects.ts';
import { views } from '../../testing/reports.ts';

const KINDS: readonly Resource<KubernetesObject>[] = [
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  StatefulSet,
];
const kindOf = ({ kind }: KubernetesObject) => KINDS.find(resource => resource.kind === kind) ?? assert.fail(kind);

/** Everything that the operator makes for a cluster. */
async function allChildren(): Promise<readonly KubernetesObject[]> {
  const world = createClusterWorld();
  await world.reconcile();
  return world.api.all().filter(isMade);
}

type Change = (metadata: ObjectMeta) => Partial<ObjectMeta>;
const other = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop', uid: 'shop', controller: true };
/** What is somebody else's: what never was ours, what is somebody's with our labels, what only has our owner. */
const FOREIGN: { readonly [what: string]: Change } = {
  'has neither our labels nor our owner': () => ({ labels: { app: 'shop' }, ownerReferences: [] }),
  'has our labels and another owner': () => ({ ownerReferences: [other] }),
  'has our owner, but not our labels': () => ({ labels: {} }),
};

/** An object under the name of one of ours, whose content is not ours. */
function foreign({ apiVersion, kind, metadata }: KubernetesObject, change: Change): KubernetesObject {
  const { namespace = '', name, labels = {}, ownerReferences = [] } = metadata;
  const changed = { namespace, name, labels, ownerReferences, ...change(metadata), uid: 'foreign' };
  return Object.assign({ apiVersion, kind, metadata: changed }, { data: { 'tls.key': 'bWluZQ==' } });
}

const children = await allChildren();

/** Whether the operator has made an object, and not a person or Kubernetes. */
function isMade({ kind }: KubernetesObject): boolean {
  return kind !== 'MpcCluster' && kind !== 'Node';
}

describe('an object that is not ours, under a name that a new cluster needs', () => {
  test('can be of every kind that the operator makes', () => {
    assert.deepEqual([...new Set(children.map(({ kind }) => kind))].sort(), KINDS.map(({ kind }) => kind).sort());
  });

  for (const [what, change] of Object.entries(FOREIGN)) {
    test(`stays as it is if it ${what}; it is named, and nothing is made before it is gone`, async () => {
      for (const child of children) {
        const world = createClusterWorld();
        const resource = kindOf(child);
        world.api.put(resource, foreign(child, change));
        const found = world.api.get(resource, keyOf(child));
        const result = await world.reconcile();
        await world.reconcile();
        const what = `${child.kind} ${child.metadata.name}`;
        assert.deepEqual(world.api.get(resource, keyOf(child)), found, what);
        assert.deepEqual(
          world.api.writes.filter(write => !write.startsWith('PATCH mpcclusters')),
          [],
          what,
        );
        for (const type of ['Ready', 'Progressing']) {
          assert.match(world.condition(type), new RegExp(`NameTaken ${what} is in the way: .*delete it`));
        }
        assert.equal(result.requeueAfter, 30_000);
        world.api.remove(resource, keyOf(child));
        await world.reconcile();
        assert.equal(world.api.all().filter(isMade).length, children.length, what);
      }
    });
  }

  test('is named with all others', async () => {
    const world = createClusterWorld();
    for (const child of children)
      world.api.put(
        kindOf(child),
        foreign(child, () => ({ labels: {} })),
      );
    await world.reconcile();
    for (const { kind, metadata } of children)
      assert.match(world.condition('Ready'), new RegExp(`${kind} ${metadata.name}[, ]|${kind} ${metadata.name}$`));
  });
});

describe('an object that is not ours, under a name of a running cluster', () => {
  for (const resource of KINDS.filter(({ kind }) => kind !== 'PersistentVolumeClaim')) {
    test(`stays as it is, and the cluster goes on without it: ${resource.kind}`, async () => {
      const world = await runningCluster();
      const ours = children.filter(({ kind, metadata }) => kind === resource.kind && !metadata.name.endsWith('-pin'));
      for (const child of ours) {
        const mine = world.api.get(resource, keyOf(child)) ?? assert.fail();
        world.api.put(
          resource,
          foreign(child, () => ({ labels: {}, ownerReferences: [] })),
        );
        const found = world.api.get(resource, keyOf(child));
        await world.clock.advance(100_000);
        await world.parties.report(views());
        await world.reconcile();
        assert.deepEqual(world.api.get(resource, keyOf(child)), found);
        assert.match(
          world.condition('Progressing'),
          new RegExp(`^True NameTaken ${child.kind} ${child.metadata.name} `),
        );
        if (resource !== StatefulSet) assert.match(world.condition('Ready'), /^True/);
        world.api.put(resource, mine);
      }
    });
  }

  for (const name of ['demo-nats', 'demo-nats-tls', 'demo-party-3-tls']) {
    test(`does not keep certificates from being renewed: ${name}`, async () => {
      const world = await runningCluster();
      const certificate = () => world.api.get(Secret, inNamespace('demo-party-1-tls'))?.data?.['tls.crt'];
      const before = certificate();
      const child = children.find(({ metadata }) => metadata.name === name) ?? assert.fail();
      world.api.put(
        kindOf(child),
        foreign(child, () => ({ labels: {} })),
      );
      await world.clock.advance(61 * 24 * 3600 * 1000);
      await world.parties.report(views());
      await world.reconcile();
      assert.notEqual(certificate(), before);
      assert.match(world.condition('Progressing'), new RegExp(`^True NameTaken ${child.kind} ${name} `));
    });
  }

  test('keeps a new party from being begun, whatever it is of that party', async () => {
    const parties = [1, 2, 3, 4].map(id => ({ id, zone: 'a' }));
    const bigger = createClusterWorld(mpcCluster({ parties }));
    await bigger.reconcile();
    const added = bigger.api.all().filter(({ metadata }) => metadata.labels?.[labels.party] === '4');
    assert.equal(added.length, 6);
    for (const child of added) {
      const world = await runningCluster();
      world.api.put(
        kindOf(child),
        foreign(child, () => ({ labels: {}, ownerReferences: [] })),
      );
      const cluster = world.cluster() ?? assert.fail();
      const metadata = { ...cluster.metadata, generation: 2 };
      world.api.put(mpcClusters, { ...cluster, metadata, spec: { ...cluster.spec, parties } });
      await world.clock.advance(30_000);
      await world.reconcile();
      const made = added.filter(one => world.api.get(kindOf(one), keyOf(one)) !== undefined);
      assert.deepEqual(
        made.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
        [`${child.kind} ${child.metadata.name}`],
      );
      assert.match(world.condition('Progressing'), new RegExp(`^True NameTaken ${child.kind} ${child.metadata.name} `));
      world.api.remove(kindOf(child), keyOf(child));
      await world.reconcile();
      for (const one of added) assert.ok(world.api.get(kindOf(one), keyOf(one)), one.metadata.name);
    }
  });

  test('is not overwritten even if no cache shows it yet', async () => {
    for (const child of children.filter(({ metadata }) => metadata.ownerReferences !== undefined)) {
      const resource = kindOf(child);
      const theirs = foreign(child, () => ({ labels: {}, ownerReferences: [] }));
      const world = createClusterWorld();
      // Somebody makes it when the operator has looked, and is about to write.
      world.api.refuses = () => {
        if (world.api.get(resource, keyOf(child)) === undefined) world.api.put(resource, theirs);
        return false;
      };
      await world.reconcile().catch(() => {});
      assert.equal(world.api.get(resource, keyOf(child))?.metadata.uid, 'foreign', child.metadata.name);
      assert.deepEqual(world.api.get(resource, keyOf(child))?.metadata.labels, {}, child.metadata.name);
    }
  });

  test('is not overwritten when it takes the place of ours while we write', async () => {
    const world = await runningCluster();
    const service = world.api.get(Service, inNamespace('demo-nats')) ?? assert.fail();
    world.api.put(Service, { ...service, metadata: { ...service.metadata, annotations: { drift: 'yes' } } });
    const theirs = foreign(service, () => ({ labels: {}, ownerReferences: [] }));
    world.api.refuses = path => {
      if (path.includes('/services/demo-nats'))
        world.api.put(Service, { ...service, ...theirs, apiVersion: 'v1', kind: 'Service' });
      return false;
    };
    await assert.rejects(world.reconcile(), /Conflict/);
    assert.equal(world.api.get(Service, inNamespace('demo-nats'))?.metadata.uid, 'foreign');
    assert.deepEqual(world.api.get(Service, inNamespace('demo-nats'))?.metadata.labels, {});
  });

  test('is not evicted as a party, though it has the name and the labels of its pod', async () => {
    const world = await runningCluster();
    const pod = world.api.get(Pod, inNamespace('demo-party-1-0')) ?? assert.fail();
    world.startPods('r0', [1]);
    world.api.put(Pod, {
      ...pod,
      metadata: {
        ...pod.metadata,
        ownerReferences: [other],
        labels: { ...pod.metadata.labels, 'controller-revision-hash': 'r0' },
      },
    });
    await world.reconcile();
    assert.ok(!world.api.writes.some(write => write.endsWith('eviction')));
    assert.match(world.condition('Progressing'), /^True NameTaken Pod demo-party-1-0 is in the way/);
  });
});

describe('the deletion of a cluster with the policy Destroy', () => {
  const destroyed = async (prepare: (world: Awaited<ReturnType<typeof runningCluster>>) => void) => {
    const world = await runningCluster(mpcCluster({ deletionPolicy: 'Destroy' }));
    prepare(world);
    const cluster = world.cluster() ?? assert.fail();
    const deletionTimestamp = '2026-11-21T12:00:00Z';
    world.api.put(mpcClusters, { ...cluster, metadata: { ...cluster.metadata, deletionTimestamp } });
    for (const id of [1, 2, 3]) world.api.remove(Pod, inNamespace(`demo-party-${id}-0`));
    await world.reconcile();
    return world;
  };

  test('leaves volumes, PINs and StatefulSets that are not ours, and names those it would have deleted', async () => {
    const changes: readonly Change[] = [
      () => ({ labels: {}, ownerReferences: [] }),
      () => ({ labels: { [labels.cluster]: 'demo', [labels.party]: '1' }, ownerReferences: [] }),
      () => ({ ownerReferences: [other] }),
    ];
    for (const change of changes) {
      const names = ['store-demo-party-1', 'token-demo-party-2', 'demo-party-3-pin', 'demo-party-1'];
      const theirs = children.filter(
        ({ kind, metadata }) => names.includes(metadata.name) && kind !== 'ServiceAccount',
      );
      assert.equal(theirs.length, 4);
      const world = await destroyed(({ api }) => {
        for (const child of theirs) api.put(kindOf(child), foreign(child, change));
      });
      assert.equal(world.cluster(), undefined);
      for (const child of theirs) assert.equal(world.api.get(kindOf(child), keyOf(child))?.metadata.uid, 'foreign');
      assert.equal(world.api.get(PersistentVolumeClaim, inNamespace('store-demo-party-2')), undefined);
      assert.ok(
        world.notes.some(note => /Warning NameTaken not deleted: Secret demo-party-3-pin is in the way/.test(note)),
      );
    }
  });
});
