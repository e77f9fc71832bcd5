import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { rootCertificates } from 'node:tls';
import { KubeConfig } from '@kubernetes/client-node';
import { ApiError, isAlreadyExists, isConflict, isInvalid } from '@mpc-operator/runtime/api-error';
import { ApiClient } from '@mpc-operator/runtime/client';
import { setCondition } from '@mpc-operator/runtime/conditions';
import { Expectations } from '@mpc-operator/runtime/expectations';
import { Informer } from '@mpc-operator/runtime/informer';
import { keyOf } from '@mpc-operator/runtime/object';
import { ConfigMap, Node, Pod, PodDisruptionBudget, Service } from '@mpc-operator/runtime/resource';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { KubeConfigTransport } from '@mpc-operator/runtime/transport';
import type { ApiProxy } from './api-proxy.ts';
import { Gadget, gadget, installGadgets, removeGadgets } from './gadgets.ts';
import { configMap, until, world } from './runtime-world.ts';

const writes = (proxy: ApiProxy) => proxy.seen.filter(request => request.method !== 'GET').length;

function service(namespace: string, cpu: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace, name: 's', labels: { wanted: cpu } },
    spec: { selector: { app: 'a' }, ports: [{ name: 'http', port: 80 }] },
  };
}

describe('server-side apply', () => {
  test('ten idle reconciles make no write, though the server filled in defaults', async t => {
    const { namespace, client, proxy } = await world(t);
    let live = await client.apply(Service, service(namespace, 'x'));
    assert.ok(live.spec?.clusterIP !== undefined, 'a default of the server');
    const before = writes(proxy);
    for (let i = 0; i < 10; i++) live = await client.apply(Service, service(namespace, 'x'), { live });
    assert.equal(writes(proxy), before);
  });

  const repairs =
    'repairs what somebody else changed, and removes what is no longer wished, and leaves what is not ours';
  test(repairs, async t => {
    const { namespace, client, others } = await world(t);
    const key = { namespace, name: 'a' };
    const wish = configMap(namespace, 'a', { mine: '1', dropped: '2' });
    await client.apply(ConfigMap, wish);
    const live = await others.mergePatch(ConfigMap, key, { data: { mine: 'tampered', theirs: '3' } });
    const after = await client.apply(ConfigMap, configMap(namespace, 'a', { mine: '1' }), { live });
    assert.deepEqual(after.data, { mine: '1', theirs: '3' });
  });

  test('after a restart asks once, and the server changes nothing', async t => {
    const { namespace, client, transport } = await world(t);
    const live = await client.apply(ConfigMap, configMap(namespace, 'a', { a: '1' }));
    const restarted = new ApiClient({ transport, fieldManager: 'runtime-test' });
    const again = await restarted.apply(ConfigMap, configMap(namespace, 'a', { a: '1' }), { live });
    assert.equal(again.metadata.resourceVersion, live.metadata.resourceVersion);
  });
});

describe('an apply that is bound', () => {
  const bound = (wish: ConfigMap, to: Partial<ConfigMap['metadata']>) => ({
    ...wish,
    metadata: { ...wish.metadata, ...to },
  });

  test('to a version that no object has makes an object where there is none, and changes none', async t => {
    const { namespace, client, others } = await world(t);
    const none = { resourceVersion: '1' };
    const made = await client.apply(ConfigMap, bound(configMap(namespace, 'a', { mine: '1', dropped: '2' }), none));
    const after = await client.apply(ConfigMap, configMap(namespace, 'a', { mine: '1' }), { live: made });
    assert.deepEqual(after.data, { mine: '1' }, 'what was made so can be taken back by an apply');
    const theirs = await others.create(ConfigMap, configMap(namespace, 'b', { mine: '1' }));
    for (const data of [{ mine: '1' }, { mine: '2' }]) {
      await assert.rejects(client.apply(ConfigMap, bound(configMap(namespace, 'b', data), none)), isConflict);
    }
    const { items } = await client.list(ConfigMap, { namespace, fieldSelector: 'metadata.name=b' });
    assert.deepEqual(items, [theirs]);
  });

  test('to a uid changes no other object of the name, and makes none', async t => {
    const { namespace, client, others } = await world(t);
    const key = { namespace, name: 'a' };
    const { uid = '' } = (await client.apply(ConfigMap, configMap(namespace, 'a', { mine: '1' }))).metadata;
    const wish = bound(configMap(namespace, 'a', { mine: '2' }), { uid });
    assert.deepEqual((await client.apply(ConfigMap, wish)).data, { mine: '2' });
    await others.delete(ConfigMap, key);
    await assert.rejects(client.apply(ConfigMap, wish), isConflict);
    const theirs = await others.create(ConfigMap, configMap(namespace, 'a', { theirs: '3' }));
    await assert.rejects(client.apply(ConfigMap, wish), isConflict);
    assert.deepEqual(await client.get(ConfigMap, key), theirs);
  });
});

describe('the status', () => {
  const admin = new ApiClient({
    transport: KubeConfigTransport.fromDefault({ userAgent: 'runtime-test' }),
    fieldManager: 'runtime-test',
  });
  before(() => installGadgets(admin));
  after(async () => {
    await removeGadgets(admin);
  });

  test('is written apart from the rest, once for ten reconciles that find the same', async t => {
    const { namespace, client, proxy } = await world(t);
    let live = await client.apply(Gadget, gadget(namespace, 'g', 3));
    const earlier = writes(proxy);
    for (let second = 0; second < 10; second++) {
      const observation = { type: 'Ready', status: 'True', reason: 'Test', message: 'as wished' } as const;
      const conditions = setCondition([], observation, 1, new Date(Date.UTC(2026, 0, 1, 0, 0, second)));
      live = await client.applyStatus(Gadget, live, { conditions });
    }
    assert.equal(writes(proxy), earlier + 1);
    assert.equal(live.status?.conditions?.[0]?.lastTransitionTime, '2026-01-01T00:00:00Z');
    assert.equal(live.spec?.size, 3);
    assert.equal(live.metadata.generation, 1);
  });

  test('loses what is no longer in it, but not what another wrote', async t => {
    const { namespace, client, others } = await world(t);
    const live = await client.apply(Gadget, gadget(namespace, 'g'));
    await client.applyStatus(Gadget, live, { parties: { one: 'ready', two: 'ready' } });
    const shared = await others.patchStatus(Gadget, live, { parties: { three: 'ready' } });
    const after = await client.applyStatus(Gadget, shared, { parties: { one: 'ready' } });
    assert.deepEqual(after.status, { parties: { one: 'ready', three: 'ready' } });
  });

  test('is patched by each of its writers in part, and only if that changes something', async t => {
    const { namespace, client, others, proxy } = await world(t);
    const live = await client.apply(Gadget, gadget(namespace, 'g'));
    const mine = await client.patchStatus(Gadget, live, { parties: { one: 'ready' } });
    const both = await others.patchStatus(Gadget, mine, { parties: { two: 'ready' } });
    assert.deepEqual(both.status, { parties: { one: 'ready', two: 'ready' } });
    const earlier = writes(proxy);
    await client.patchStatus(Gadget, both, { parties: { one: 'ready' } });
    assert.equal(writes(proxy), earlier);
    const later = await client.patchStatus(Gadget, mine, { parties: { one: 'gone' } });
    assert.deepEqual(later.status, { parties: { one: 'gone', two: 'ready' } }, 'from an old cache, too');
  });

  test('of an object that was deleted and made again is not written by mistake', async t => {
    const { namespace, client } = await world(t);
    const live = await client.apply(Gadget, gadget(namespace, 'g'));
    await client.delete(Gadget, keyOf(live));
    await client.apply(Gadget, gadget(namespace, 'g'));
    await assert.rejects(client.applyStatus(Gadget, live, { parties: { one: 'ready' } }), isConflict);
  });
});

describe('the errors of a real server', () => {
  test('are told apart', async t => {
    const { namespace, client } = await world(t);
    const created = await client.create(ConfigMap, configMap(namespace, 'a'));
    await assert.rejects(client.create(ConfigMap, configMap(namespace, 'a')), isAlreadyExists);
    await assert.rejects(client.create(ConfigMap, configMap(namespace, 'not a name')), isInvalid);
    await client.update(ConfigMap, { ...created, data: { n: '1' } });
    await assert.rejects(client.update(ConfigMap, { ...created, data: { n: '2' } }), isConflict);
    await assert.rejects(client.delete(ConfigMap, keyOf(created), { uid: 'another' }), isConflict);
    await assert.rejects(client.create(ConfigMap, configMap('no-such-namespace', 'a')), (error: unknown) => {
      assert.ok(error instanceof ApiError);
      assert.equal(error.details.kind, 'namespaces');
      return error.code === 404;
    });
    assert.equal(await client.get(ConfigMap, { namespace, name: 'nothing' }), undefined);
    assert.equal(await client.delete(ConfigMap, { namespace, name: 'nothing' }), false);
  });
});

describe('evictions', () => {
  async function runningPod(t: TestContext) {
    const w = await world(t);
    const key = { namespace: w.namespace, name: 'p' };
    await w.client.create(Pod, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...key, labels: { app: 'evicted' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'pause', image: await pauseImage(w.others) }] },
    });
    await until('the pod to be ready', async () => {
      const pod = await w.client.get(Pod, key);
      return pod?.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') === true;
    });
    const uid = (await w.client.get(Pod, key))?.metadata.uid ?? '';
    return { ...w, key, uid };
  }

  /** Returns the image that every node has. */
  async function pauseImage(client: ApiClient): Promise<string> {
    const { items } = await client.list(Node);
    const images = items.flatMap(node => node.status?.images?.flatMap(image => image.names ?? []) ?? []);
    const image = images.find(name => name.includes('/pause:'));
    assert.ok(image !== undefined);
    return image;
  }

  test('are refused by a budget and granted without one, and never meet another pod of the same name', async t => {
    const { client, proxy, namespace, key, uid } = await runningPod(t);
    const spec = { minAvailable: 1, selector: { matchLabels: { app: 'evicted' } } };
    const metadata = { namespace, name: 'b' };
    await client.create(PodDisruptionBudget, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec });
    await until('the budget to be computed', async () => {
      return (await client.get(PodDisruptionBudget, metadata))?.status?.observedGeneration === 1;
    });
    const before = writes(proxy);
    assert.equal(await client.evict(key, uid), false);
    assert.equal(writes(proxy), before + 1, 'asked once');
    await client.delete(PodDisruptionBudget, metadata);
    await assert.rejects(client.evict(key, 'another-uid'), isConflict);
    assert.equal(await client.evict(key, uid), true);
    assert.ok((await client.get(Pod, key))?.metadata.deletionTimestamp !== undefined);
  });
});

describe('expectations', () => {
  test('hold until the cache shows what was done, however late', async t => {
    const { client, namespace, proxy, log } = await world(t);
    const informer = new Informer({ client, resource: ConfigMap, namespaces: [namespace], log });
    const stop = new AbortController();
    const ended = informer.run(stop.signal);
    t.after(async () => {
      stop.abort();
      await ended;
    });
    await informer.waitForSync();
    const owner = { namespace, name: 'owner' };
    const expectations = new Expectations();
    const written = await client.create(ConfigMap, configMap(namespace, 'a'));
    expectations.expectWritten(owner, informer, written);
    await until('the cache to show the write', () => expectations.pending(owner).length === 0);
    assert.ok(informer.get(keyOf(written)) !== undefined);
    proxy.fault = ({ url }) => (url.includes('watch=true') ? 'reset' : undefined);
    proxy.cut();
    await client.delete(ConfigMap, keyOf(written), { uid: written.metadata.uid ?? '' });
    expectations.expectRemoved(owner, informer, written);
    assert.deepEqual(expectations.pending(owner), ['removal of ConfigMap a']);
    proxy.fault = () => undefined;
    await until('the cache to show the removal', () => expectations.pending(owner).length === 0);
  });
});

describe('connections', () => {
  test('are few, whatever the number of requests', async t => {
    const { client, proxy, namespace } = await world(t);
    for (let i = 0; i < 60; i++) await client.get(ConfigMap, { namespace, name: 'nothing' });
    assert.ok(proxy.connections <= 2, `${proxy.connections} connections`);
  });

  test('follow a CA that is replaced', async t => {
    const folder = await mkdtemp(join(tmpdir(), 'ca-'));
    const caFile = join(folder, 'ca.crt');
    const config = new KubeConfig();
    config.loadFromDefault();
    const cluster = config.getCurrentCluster();
    const user = config.getCurrentUser();
    assert.ok(cluster && user);
    const right = cluster.caData ? Buffer.from(cluster.caData, 'base64') : await readFile(cluster.caFile ?? '');
    await writeFile(caFile, rootCertificates[0] ?? '');
    const rotating = new KubeConfig();
    rotating.loadFromClusterAndUser({ name: 'c', server: cluster.server, skipTLSVerify: false, caFile }, user);
    const clock = new FakeClock();
    const transport = new KubeConfigTransport(rotating, { userAgent: 'runtime-test', clock });
    t.after(async () => {
      await transport.close();
      await rm(folder, { recursive: true });
    });
    const version = { method: 'GET', path: '/version' } as const;
    await assert.rejects(transport.exchange(version, 5_000), { code: /SELF_SIGNED|UNABLE_TO_(VERIFY|GET)/ });
    await writeFile(caFile, right);
    await clock.advance(10_001);
    assert.equal((await transport.exchange(version, 5_000)).status, 200);
  });
});
