import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type FakeApi, failure, overloaded } from './testing/fake-api.ts';
import { settle } from './testing/fake-clock.ts';
import { FakeStream } from './testing/fake-stream.ts';
import { CONFIG_MAPS, configMap, runInformer } from './testing/running-informer.ts';
import type { HttpRequest } from './transport.ts';

const isWatch = (request: HttpRequest) => request.path.includes('watch=true');
const lists = (api: FakeApi) => api.requests.filter(request => !isWatch(request)).map(parameters);
const watches = (api: FakeApi) => api.requests.filter(isWatch).map(parameters);

function parameters(request: HttpRequest): { readonly [name: string]: string } {
  return Object.fromEntries(new URL(request.path, 'http://fake').searchParams);
}

describe('a reflector', () => {
  test('lists first from the cache of the server, in pages, then watches from there with bookmarks', async t => {
    const { api, informer, told } = await runInformer(t, a => a.put(CONFIG_MAPS, configMap('a')));
    assert.ok(informer.synced);
    assert.deepEqual(told, ['add a']);
    assert.deepEqual(lists(api), [{ resourceVersion: '0', limit: '500' }]);
    const [watch] = watches(api);
    assert.equal(watch?.resourceVersion, '2');
    assert.equal(watch?.allowWatchBookmarks, 'true');
  });

  test('asks the server to end a watch after a random time between 5 and 10 minutes', async t => {
    const { clock, api } = await runInformer(t);
    for (let i = 0; i < 50; i++) {
      await clock.advance(1_000);
      api.endWatches();
      await settle();
    }
    const seconds = watches(api).map(watch => Number(watch.timeoutSeconds));
    assert.ok(seconds.every(s => s >= 300 && s <= 600));
    assert.ok(new Set(seconds).size > 10);
  });

  test('follows adds, updates and deletes', async t => {
    const { api, told, informer } = await runInformer(t);
    api.put(CONFIG_MAPS, configMap('a'));
    api.put(CONFIG_MAPS, configMap('a', 'changed'));
    api.remove(CONFIG_MAPS, 'a');
    await settle();
    assert.deepEqual(told, ['add a', 'update a', 'delete a']);
    assert.deepEqual(informer.list(), []);
  });

  test('resumes a watch that ended where it ended, at once, and lists nothing again', async t => {
    const { clock, api, told } = await runInformer(t);
    api.put(CONFIG_MAPS, configMap('a'));
    await settle();
    await clock.advance(1_000);
    api.endWatches();
    await settle();
    assert.equal(lists(api).length, 1);
    assert.equal(watches(api)[1]?.resourceVersion, '2');
    api.put(CONFIG_MAPS, configMap('b'));
    await settle();
    assert.deepEqual(told, ['add a', 'add b']);
  });

  test('resumes a watch whose connection broke in its middle at once, too', async t => {
    const stream = new FakeStream();
    const { clock, api, told } = await runInformer(t, a => {
      a.intercept = r => (isWatch(r) && watches(a).length === 1 ? stream : undefined);
    });
    await clock.advance(1_000);
    stream.fail(Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' }));
    await settle();
    api.put(CONFIG_MAPS, configMap('a'));
    await settle();
    assert.deepEqual(told, ['add a']);
    assert.equal(lists(api).length, 1);
  });

  test('resumes where the last bookmark was', async t => {
    const stream = new FakeStream();
    const { clock, api } = await runInformer(t, a => {
      a.intercept = r => (isWatch(r) && watches(a).length === 1 ? stream : undefined);
    });
    stream.event('BOOKMARK', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { resourceVersion: '4711' } });
    stream.end();
    await settle();
    await clock.advance(0);
    assert.equal(watches(api)[1]?.resourceVersion, '4711');
  });

  test('resumes after an error of the network, with a back-off that grows to 30-60 s', async t => {
    const { clock, api } = await runInformer(t, a => {
      a.intercept = r => (isWatch(r) ? Object.assign(new Error('reset'), { code: 'ECONNRESET' }) : undefined);
    });
    await clock.advance(10_000);
    const early = watches(api).length;
    assert.ok(early >= 3 && early <= 5, `${early} watches in the first ten seconds`);
    await clock.advance(600_000);
    const before = watches(api).length;
    await clock.advance(300_000);
    const rate = watches(api).length - before;
    assert.ok(rate >= 4 && rate <= 11, `${rate} watches in five minutes`);
    assert.equal(lists(api).length, 1);
  });

  test('begins the back-off anew after two minutes without one', async t => {
    let broken = true;
    const { clock, api } = await runInformer(t, a => {
      a.intercept = r => (isWatch(r) && broken ? failure(503, 'ServiceUnavailable') : undefined);
    });
    await clock.advance(120_000);
    broken = false;
    await clock.advance(240_000);
    broken = true;
    api.endWatches();
    await settle();
    const before = watches(api).length;
    await clock.advance(1_600);
    assert.equal(watches(api).length, before + 1);
  });

  test('waits as long as an overloaded server asks for', async t => {
    const { clock, api } = await runInformer(t, a => {
      a.intercept = r => (isWatch(r) ? overloaded(429, 20) : undefined);
    });
    await clock.advance(19_000);
    assert.equal(watches(api).length, 1);
    await clock.advance(1_000);
    assert.equal(watches(api).length, 2);
  });

  test('lists again, not older than what it saw, when its version has expired (410)', async t => {
    const { clock, api, told } = await runInformer(t, a => {
      a.put(CONFIG_MAPS, configMap('a'));
      a.intercept = r => (isWatch(r) && watches(a).length === 1 ? failure(410, 'Expired') : undefined);
    });
    api.put(CONFIG_MAPS, configMap('b'));
    await clock.advance(2_000);
    assert.deepEqual(lists(api)[1], { resourceVersion: '2' });
    assert.deepEqual(told, ['add a', 'add b']);
  });

  test('lists the newest state when it cannot list at its version, either', async t => {
    const { api, informer } = await runInformer(t, a => {
      a.put(CONFIG_MAPS, configMap('a'));
      a.intercept = r => (r.path.includes('resourceVersion=0') ? failure(410, 'Expired') : undefined);
    });
    assert.deepEqual(lists(api)[1], { limit: '500' });
    assert.ok(informer.synced);
  });

  test('treats a 410 in the middle of a watch like one at its beginning', async t => {
    const stream = new FakeStream();
    const { clock, api } = await runInformer(t, a => {
      a.intercept = r => (isWatch(r) && watches(a).length === 1 ? stream : undefined);
    });
    stream.event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' });
    await clock.advance(2_000);
    assert.equal(lists(api).length, 2);
  });

  test('after a list, tells of an object that was deleted and made again as two changes', async t => {
    let cut = false;
    const { clock, api, told } = await runInformer(t, a => {
      a.put(CONFIG_MAPS, configMap('a'));
      a.intercept = r => (isWatch(r) && cut ? failure(410, 'Expired') : undefined);
    });
    cut = true;
    api.endWatches();
    api.remove(CONFIG_MAPS, 'a');
    api.put(CONFIG_MAPS, configMap('a'));
    await settle();
    cut = false;
    await clock.advance(2_000);
    assert.deepEqual(told, ['add a', 'delete a', 'add a']);
  });

  test('does not hammer a server that ends every watch at once', async t => {
    const { clock, api } = await runInformer(t, a => {
      a.intercept = r => {
        if (!isWatch(r)) return undefined;
        const stream = new FakeStream();
        stream.end();
        return stream;
      };
    });
    await clock.advance(10_000);
    assert.ok(watches(api).length <= 5);
  });

  test('tries on when the first list fails, and is synced when one succeeds', async t => {
    let broken = true;
    const { clock, api, informer, log } = await runInformer(t, a => {
      a.intercept = () => (broken ? failure(500, 'InternalError') : undefined);
    });
    await clock.advance(5_000);
    assert.ok(!informer.synced);
    broken = false;
    await clock.advance(30_000);
    assert.ok(informer.synced);
    assert.ok(lists(api).length > 1);
    assert.ok(log.lines.some(line => line.message === 'the list failed'));
  });

  test('stops when it is told to, in the middle of a watch and of a back-off', async t => {
    const watching = await runInformer(t);
    watching.stop.abort();
    await watching.ended;
    const waiting = await runInformer(t, a => {
      a.intercept = () => failure(500, 'InternalError');
    });
    waiting.stop.abort();
    await waiting.ended;
    assert.equal(waiting.clock.pending, 0);
  });
});
