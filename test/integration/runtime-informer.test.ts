import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { isResourceVersionTooLarge } from '@mpc-operator/runtime/api-error';
import { Informer } from '@mpc-operator/runtime/informer';
import { ConfigMap } from '@mpc-operator/runtime/resource';
import type { Seen } from './api-proxy.ts';
import { configMap, until, type World, world } from './runtime-world.ts';

const expired = { status: 410, body: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } };
const isWatch = ({ url }: Seen) => url.includes('watch=true');
const isList = (request: Seen) => request.method === 'GET' && !isWatch(request);

/** Returns an informer of the ConfigMaps of the world, through the proxy, and what its handler is told. */
async function informed(t: TestContext, { client, namespace, log }: World, options: { silence?: number } = {}) {
  const informer = new Informer({
    client,
    resource: ConfigMap,
    namespaces: [namespace],
    fieldSelector: 'metadata.name!=kube-root-ca.crt',
    log,
    ...options,
  });
  const told: string[] = [];
  informer.addHandler(({ type, object }) =>
    told.push(`${type} ${object.metadata.name} ${object.data?.n ?? ''}`.trim()),
  );
  const stop = new AbortController();
  const ended = informer.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await ended;
  });
  await informer.waitForSync();
  const isTold = (...expected: readonly string[]) =>
    until(`told of ${expected.at(-1)}; was told ${told.join(', ')}`, () => told.length >= expected.length).then(() =>
      assert.deepEqual(told, expected),
    );
  return { informer, told, isTold };
}

describe('an informer of a real API server', () => {
  test('sees what others do, and what was there before', async t => {
    const w = await world(t);
    const key = { namespace: w.namespace, name: 'a' };
    await w.others.create(ConfigMap, configMap(w.namespace, 'a', { n: '1' }));
    const { informer, isTold } = await informed(t, w);
    await isTold('add a 1');
    await w.others.mergePatch(ConfigMap, key, { data: { n: '2' } });
    await isTold('add a 1', 'update a 2');
    assert.equal(informer.get(key)?.data?.n, '2');
    await w.others.delete(ConfigMap, key);
    await isTold('add a 1', 'update a 2', 'delete a 2');
  });

  test('cut off, misses nothing and lists nothing again', async t => {
    const w = await world(t);
    const { isTold } = await informed(t, w);
    await w.others.create(ConfigMap, configMap(w.namespace, 'a', { n: '1' }));
    await isTold('add a 1');
    w.proxy.fault = () => 'reset';
    w.proxy.cut();
    await w.others.mergePatch(ConfigMap, { namespace: w.namespace, name: 'a' }, { data: { n: '2' } });
    await w.others.create(ConfigMap, configMap(w.namespace, 'b', { n: '1' }));
    await w.others.delete(ConfigMap, { namespace: w.namespace, name: 'a' });
    await until('a first try to come back', () => w.proxy.seen.filter(isWatch).length > 1);
    w.proxy.fault = () => undefined;
    await isTold('add a 1', 'update a 2', 'add b 1', 'delete a 2');
    assert.equal(w.proxy.seen.filter(isList).length, 1);
  });

  const cutOff = 'whose version expired while it was cut off, sees what is gone, new, and was deleted and made again';
  test(cutOff, async t => {
    const w = await world(t);
    for (const name of ['gone', 'recreated', 'same']) {
      await w.others.create(ConfigMap, configMap(w.namespace, name, { n: '1' }));
    }
    const { informer, told } = await informed(t, w);
    const before = informer.get({ namespace: w.namespace, name: 'recreated' });
    told.length = 0;
    w.proxy.fault = () => 'reset';
    w.proxy.cut();
    for (const name of ['gone', 'recreated']) await w.others.delete(ConfigMap, { namespace: w.namespace, name });
    const recreated = await w.others.create(ConfigMap, configMap(w.namespace, 'recreated', { n: '2' }));
    await w.others.create(ConfigMap, configMap(w.namespace, 'new', { n: '1' }));
    let refused = 0;
    w.proxy.fault = request => {
      if (!isWatch(request) || refused > 0) return undefined;
      refused += 1;
      return expired;
    };
    await until('the new list', () => told.length >= 4);
    assert.deepEqual([...told].sort(), ['add new 1', 'add recreated 2', 'delete gone 1', 'delete recreated 1']);
    assert.ok(told.indexOf('delete recreated 1') < told.indexOf('add recreated 2'));
    const after = informer.get({ namespace: w.namespace, name: 'recreated' });
    assert.equal(after?.metadata.uid, recreated.metadata.uid);
    assert.notEqual(after?.metadata.uid, before?.metadata.uid);
  });

  test('recovers from an overloaded server, an internal error and a broken list', async t => {
    const w = await world(t);
    const faults = [
      { status: 500, body: { kind: 'Status', code: 500, reason: 'InternalError' } },
      { status: 429, headers: { 'retry-after': '1' } },
      { status: 200, body: { this: 'is no list' } },
      'reset' as const,
    ];
    w.proxy.fault = () => faults.shift();
    const { isTold } = await informed(t, w);
    assert.equal(faults.length, 0);
    await w.others.create(ConfigMap, configMap(w.namespace, 'a', { n: '1' }));
    await isTold('add a 1');
  });

  test('notices a connection on which nothing comes any more, and makes a new one', async t => {
    const w = await world(t);
    const { isTold } = await informed(t, w, { silence: 1_500 });
    await w.others.create(ConfigMap, configMap(w.namespace, 'a', { n: '1' }));
    await isTold('add a 1');
    w.proxy.freeze();
    await w.others.create(ConfigMap, configMap(w.namespace, 'b', { n: '1' }));
    const before = w.proxy.seen.filter(isWatch).length;
    await until('another watch', () => w.proxy.seen.filter(isWatch).length > before);
    w.proxy.thaw();
    await isTold('add a 1', 'add b 1');
    assert.equal(w.proxy.seen.filter(isList).length, 1);
  });

  test('can tell a server that has not come as far as itself, after a failover say', async t => {
    const { client, namespace } = await world(t);
    const future = client.list(ConfigMap, { namespace, resourceVersion: '999999999999' });
    await assert.rejects(future, isResourceVersionTooLarge);
  });

  test('reads a list page by page', async t => {
    const w = await world(t);
    const names = Array.from({ length: 7 }, (_, i) => `page-${i}`);
    for (const name of names) await w.others.create(ConfigMap, configMap(w.namespace, name));
    w.proxy.rewrite = url => url.replace('limit=500', 'limit=3');
    const { items } = await w.client.list(ConfigMap, { namespace: w.namespace });
    assert.deepEqual(
      items.map(item => item.metadata.name).filter(name => name.startsWith('page')),
      names,
    );
    assert.ok(w.proxy.seen.filter(isList).length >= 3);
    assert.ok(items.every(item => item.kind === 'ConfigMap'));
  });
});
