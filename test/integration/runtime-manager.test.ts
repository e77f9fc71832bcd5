import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Manager } from '@mpc-operator/runtime/manager';
import { type KubernetesObject, keyOf, ownerReference } from '@mpc-operator/runtime/object';
import { ConfigMap, Lease } from '@mpc-operator/runtime/resource';
import { KubeConfigTransport } from '@mpc-operator/runtime/transport';
import { ApiProxy } from './api-proxy.ts';
import { Gadget } from './gadgets.ts';
import { configMap, until, type World, world } from './runtime-world.ts';

const source = { labels: { role: 'source' } };

/**
 * The smallest operator there is: for each ConfigMap `x` with its label it keeps a ConfigMap `x-copy` of the same data.
 */
async function operator(t: TestContext, { namespace, log }: World) {
  const proxy = await ApiProxy.start();
  const transport = new KubeConfigTransport(proxy.config, { userAgent: 'copier' });
  const manager = new Manager({
    name: 'copier',
    transport,
    log,
    namespaces: [namespace],
    http: { port: 0, host: '127.0.0.1' },
    leaderElection: {
      lease: { namespace, name: 'copier' },
      leaseDuration: 3_000,
      renewDeadline: 2_000,
      retryPeriod: 500,
    },
  });
  const sources = manager.informer({ resource: ConfigMap, labelSelector: 'role=source' });
  const copies = manager.informer({ resource: ConfigMap, labelSelector: 'role=copy' });
  const reconciled: string[] = [];
  manager
    .controller({
      name: `copier-${namespace}-${Math.random()}`,
      reconcile: async key => {
        const object = sources.get(key);
        if (object === undefined || object.metadata.deletionTimestamp !== undefined) return {};
        const metadata = {
          namespace,
          name: `${key.name}-copy`,
          labels: { role: 'copy' },
          ownerReferences: [ownerReference(object, { controller: true })],
        };
        const wish: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: object.data ?? {} };
        await manager.client.apply(ConfigMap, wish, { live: copies.get(metadata) });
        reconciled.push(key.name);
        return {};
      },
    })
    .for(sources)
    .owns(copies, ConfigMap);
  const stop = new AbortController();
  const ended = manager.run(stop.signal);
  ended.catch(() => undefined);
  t.after(async () => {
    stop.abort();
    await ended.catch(() => undefined);
    await transport.close();
    await proxy.close();
  });
  return { proxy, manager, reconciled, stop, ended };
}

describe('an operator on a real API server', () => {
  test('makes, repairs and follows what it keeps, through a network that breaks', async t => {
    const w = await world(t);
    const { proxy } = await operator(t, w);
    const copy = async () => (await w.others.get(ConfigMap, { namespace: w.namespace, name: 'x-copy' }))?.data?.n;
    const key = { namespace: w.namespace, name: 'x' };
    const { metadata, ...rest } = configMap(w.namespace, 'x', { n: '1' });
    await w.others.create(ConfigMap, { ...rest, metadata: { ...metadata, ...source } });
    await until('the copy', async () => (await copy()) === '1');
    await w.others.mergePatch(ConfigMap, { ...key, name: 'x-copy' }, { data: { n: 'tampered' } });
    await until('the repair', async () => (await copy()) === '1');
    for (let n = 2; n < 6; n++) {
      proxy.cut();
      await w.others.mergePatch(ConfigMap, key, { data: { n: String(n) } });
      await until(`version ${n} in the copy`, async () => (await copy()) === String(n));
    }
    await w.others.delete(ConfigMap, { ...key, name: 'x-copy' });
    await until('the copy again', async () => (await copy()) === '5');
  });

  test('idle, asks the API server for nothing but its lease', async t => {
    const w = await world(t);
    const { proxy, reconciled } = await operator(t, w);
    const { metadata, ...rest } = configMap(w.namespace, 'x', { n: '1' });
    const created = await w.others.create(ConfigMap, { ...rest, metadata: { ...metadata, ...source } });
    await until('the copy', () => reconciled.length > 0);
    // This changes the source, and nothing of the copy.
    for (let i = 0; i < 10; i++) {
      const before = reconciled.length;
      await w.others.mergePatch(ConfigMap, keyOf(created), { metadata: { annotations: { touched: String(i) } } });
      await until('the reconcile', () => reconciled.length > before);
    }
    const writes = proxy.seen.filter(({ method, url }) => method !== 'GET' && !url.includes('/leases'));
    assert.equal(writes.length, 1);
    const reads = proxy.seen.filter(({ method, url }) => method === 'GET' && !url.includes('/leases'));
    assert.equal(reads.length, 4, 'one list and one watch for each informer');
  });

  test('hands over to the other replica when it ends, and when it is cut off', async t => {
    const w = await world(t);
    const holder = async () =>
      (await w.others.get(Lease, { namespace: w.namespace, name: 'copier' }))?.spec?.holderIdentity;
    const first = await operator(t, w);
    await until('a leader', async () => Boolean(await holder()));
    const one = await holder();
    const second = await operator(t, w);
    await until('the standby to be ready', async () => (await second.manager.readiness.failures()).length === 0);
    first.stop.abort();
    await first.ended;
    await until('the standby to lead', async () => Boolean(await holder()) && (await holder()) !== one);
    second.proxy.fault = () => 'hang';
    await assert.rejects(second.ended, /was lost/);
    const third = await operator(t, w);
    await until('the third to lead', () => third.manager.term >= 2);
  });

  test('is not ready while a kind it watches is missing', async t => {
    const w = await world(t);
    const transport = new KubeConfigTransport(w.proxy.config, { userAgent: 'x' });
    const http = { port: 0, host: '127.0.0.1' };
    const manager = new Manager({ name: 'x', transport, log: w.log, http, namespaces: [w.namespace] });
    manager.informer<KubernetesObject>({ resource: { ...Gadget, plural: 'nosuchthings' } });
    const stop = new AbortController();
    const ended = manager.run(stop.signal);
    t.after(() => transport.close());
    await until('a try', () => w.proxy.seen.some(({ url }) => url.includes('nosuchthings')));
    assert.deepEqual(await manager.readiness.failures(), [
      { name: 'informers', reason: 'not yet listed: nosuchthings' },
    ]);
    stop.abort();
    await ended;
  });
});
