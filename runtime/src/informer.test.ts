import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiClient } from './client.ts';
import { Informer } from './informer.ts';
import { ConfigMap } from './resource.ts';
import { FakeApi, failure } from './testing/fake-api.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';
import { CONFIG_MAPS, configMap, runInformer } from './testing/running-informer.ts';
import { SilentLogger } from './testing/silent-logger.ts';
import type { HttpRequest } from './transport.ts';

const isWatch = (request: HttpRequest) => request.path.includes('watch=true');

describe('an informer', () => {
  test('goes on when a handler throws, and tells the other handlers', async t => {
    const { api, informer, told, log } = await runInformer(t);
    informer.addHandler(() => {
      throw new Error('a bug');
    });
    informer.addHandler(({ object }) => told.push(`other ${object.metadata.name}`));
    api.put(CONFIG_MAPS, configMap('a'));
    api.put(CONFIG_MAPS, configMap('b'));
    await settle();
    assert.deepEqual(told, ['add a', 'other a', 'add b', 'other b']);
    assert.ok(log.lines.some(line => line.level === 'error'));
  });

  test('keeps of each object what its owner wants of it', async () => {
    const api = new FakeApi();
    const [clock, log] = [new FakeClock(), new SilentLogger()];
    const client = new ApiClient({ transport: api, fieldManager: 'test', clock });
    const transform = (object: ConfigMap): ConfigMap => ({ ...object, data: {} });
    const informer = new Informer({ client, resource: ConfigMap, namespaces: ['ns'], transform, log, clock });
    api.put(CONFIG_MAPS, configMap('listed', 'long'));
    const stop = new AbortController();
    const ended = informer.run(stop.signal);
    await settle();
    api.put(CONFIG_MAPS, configMap('watched', 'long'));
    await settle();
    assert.deepEqual(
      informer.list().map(({ data }) => data),
      [{}, {}],
    );
    stop.abort();
    await ended;
  });

  test('tells a handler that comes late of everything that is there', async t => {
    const { informer } = await runInformer(t, a => a.put(CONFIG_MAPS, configMap('a')));
    const told: string[] = [];
    const remove = informer.addHandler(({ type, object }) => told.push(`${type} ${object.metadata.name}`));
    assert.deepEqual(told, ['add a']);
    remove();
  });

  test('watches several namespaces, and is synced when it has seen all of them', async t => {
    const api = new FakeApi();
    const clock = new FakeClock();
    const log = new SilentLogger();
    const client = new ApiClient({ transport: api, fieldManager: 'test', clock });
    api.put('/api/v1/namespaces/one/configmaps', configMap('a', '', { namespace: 'one' }));
    api.put('/api/v1/namespaces/two/configmaps', configMap('b', '', { namespace: 'two' }));
    let slow = true;
    api.intercept = r => (slow && r.path.includes('/two/') ? failure(503, 'ServiceUnavailable') : undefined);
    const informer = new Informer({ client, resource: ConfigMap, namespaces: ['one', 'two'], log, clock });
    const stop = new AbortController();
    const ended = informer.run(stop.signal);
    t.after(() => stop.abort());
    await settle();
    assert.ok(!informer.synced);
    slow = false;
    await clock.advance(10_000);
    await informer.waitForSync();
    assert.deepEqual(
      informer
        .list()
        .map(object => object.metadata.name)
        .sort(),
      ['a', 'b'],
    );
    stop.abort();
    await ended;
  });

  test('fills in apiVersion and kind, which the items of a list lack, and drops managedFields', async t => {
    const { informer } = await runInformer(t, a => {
      const { data, metadata } = configMap('a');
      const item = {
        data,
        metadata: { ...metadata, resourceVersion: '5', uid: 'u', managedFields: [{ manager: 'x' }] },
      };
      a.intercept = r =>
        isWatch(r)
          ? undefined
          : { status: 200, text: JSON.stringify({ metadata: { resourceVersion: '5' }, items: [item] }) };
    });
    const found = informer.get({ namespace: 'ns', name: 'a' });
    assert.equal(found?.kind, 'ConfigMap');
    assert.equal(found?.apiVersion, 'v1');
    assert.ok(!JSON.stringify(found).includes('managedFields'));
  });

  test('has seen a version when it holds it, or when its watch has come past it', async t => {
    const { api, informer } = await runInformer(t);
    const written = api.put(CONFIG_MAPS, configMap('a'));
    assert.ok(!informer.hasSeen(written));
    await settle();
    assert.ok(informer.hasSeen(written));
    const later = { ...written, metadata: { ...written.metadata, resourceVersion: '100' } };
    assert.ok(!informer.hasSeen(later));
    api.remove(CONFIG_MAPS, 'a');
    await settle();
    assert.ok(informer.hasSeen(written), 'gone again, but seen');
  });
});
