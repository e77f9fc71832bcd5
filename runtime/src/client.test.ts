import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isConflict } from './api-error.ts';
import { ApiClient } from './client.ts';
import type { ObjectMeta } from './object.ts';
import { ConfigMap, defineResource } from './resource.ts';
import { FakeApi, failure, ok, overloaded } from './testing/fake-api.ts';
import { FakeClock } from './testing/fake-clock.ts';

const key = { namespace: 'ns', name: 'a' };
const COLLECTION = '/api/v1/namespaces/ns/configmaps';

interface Widget {
  readonly apiVersion: 'example.com/v1';
  readonly kind: 'Widget';
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly size: number };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly lastTransitionTime: string }[];
  };
}

const Widget = defineResource<Widget>({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: true,
});
const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets';

function setUp() {
  const api = new FakeApi();
  const client = new ApiClient({ transport: api, fieldManager: 'tester', clock: new FakeClock() });
  return { api, client };
}

function configMap(data: { readonly [name: string]: string }) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data } as const;
}

function widget(size: number): Widget {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: key, spec: { size } };
}

function bodyOf(request: { readonly body?: { readonly text: string } } | undefined) {
  return JSON.parse(request?.body?.text ?? 'null');
}

describe('get', () => {
  test('answers undefined for an object that is not there', async () => {
    assert.equal(await setUp().client.get(ConfigMap, key), undefined);
  });

  test('fails for a kind that is not there', async () => {
    const { api, client } = setUp();
    api.intercept = () => ({ status: 404, text: '404 page not found' });
    await assert.rejects(client.get(Widget, key), { code: 404 });
  });
});

describe('list', () => {
  test('reads all pages, each from where the last one ended', async () => {
    const { api, client } = setUp();
    const pages = [
      { metadata: { resourceVersion: '5', continue: 'next' }, items: [configMap({ page: '1' })] },
      { metadata: { resourceVersion: '5' }, items: [configMap({ page: '2' })] },
    ];
    api.intercept = () => ok(pages[api.requests.length - 1]);
    const { items, resourceVersion } = await client.list(ConfigMap, { resourceVersion: '0', labelSelector: 'a=b' });
    assert.deepEqual(
      items.map(item => item.data?.page),
      ['1', '2'],
    );
    assert.equal(resourceVersion, '5');
    assert.deepEqual(
      api.requests.map(request => request.path),
      [
        '/api/v1/configmaps?labelSelector=a%3Db&resourceVersion=0&limit=500',
        '/api/v1/configmaps?labelSelector=a%3Db&limit=500&continue=next',
      ],
    );
  });

  test('ends at its limit, whatever more there is', async () => {
    const { api, client } = setUp();
    api.intercept = () => ok({ metadata: { resourceVersion: '5', continue: 'next' }, items: [configMap({ n: '1' })] });
    const { items } = await client.list(ConfigMap, { limit: 1 });
    assert.equal(items.length, 1);
    assert.deepEqual(
      api.requests.map(request => request.path),
      ['/api/v1/configmaps?limit=1'],
    );
  });

  test('takes all at once when the pages expire on the way', async () => {
    const { api, client } = setUp();
    const answers = [
      ok({ metadata: { resourceVersion: '5', continue: 'next' }, items: [configMap({ n: 'old' })] }),
      failure(410, 'Expired'),
      ok({ metadata: { resourceVersion: '9' }, items: [configMap({ n: 'new' })] }),
    ];
    api.intercept = () => answers[api.requests.length - 1];
    const { items, resourceVersion } = await client.list(ConfigMap);
    assert.deepEqual(
      items.map(item => item.data?.n),
      ['new'],
    );
    assert.equal(resourceVersion, '9');
  });
});

describe('apply', () => {
  test('is a server-side apply by force under the one field manager', async () => {
    const { api, client } = setUp();
    await client.apply(ConfigMap, configMap({ a: '1' }));
    const [request] = api.requests;
    assert.equal(request?.method, 'PATCH');
    assert.equal(request?.path, `${COLLECTION}/a?fieldManager=tester&force=true`);
    assert.equal(request?.body?.contentType, 'application/apply-patch+yaml');
  });

  test('ten reconciles in which nothing changed make no write after the first', async () => {
    const { api, client } = setUp();
    let live = await client.apply(Widget, widget(3));
    for (let i = 0; i < 10; i++) live = await client.apply(Widget, widget(3), { live });
    assert.equal(api.writes.length, 1);
  });

  test('writes when the wish is another one', async () => {
    const { api, client } = setUp();
    const live = await client.apply(Widget, widget(3));
    await client.apply(Widget, widget(4), { live });
    assert.equal(api.writes.length, 2);
  });

  test('writes when somebody changed the object, and is quiet again', async () => {
    const { api, client } = setUp();
    const before = await client.apply(Widget, widget(3));
    const drifted = api.put(WIDGETS, { ...before, spec: { size: 99 } });
    const repaired = await client.apply(Widget, widget(3), { live: drifted });
    assert.equal(repaired.spec?.size, 3);
    assert.equal(await client.apply(Widget, widget(3), { live: repaired }), repaired);
    assert.equal(api.writes.length, 2);
  });

  test('does not care for a status that changed, which is not what it applies', async () => {
    const { api, client } = setUp();
    const before = await client.apply(Widget, widget(3));
    const live = api.put(WIDGETS, { ...before, status: { phase: 'Running' } });
    await client.apply(Widget, widget(3), { live });
    assert.equal(api.writes.length, 1);
  });

  test('writes to an object that was deleted and made again', async () => {
    const { api, client } = setUp();
    const before = await client.apply(Widget, widget(3));
    api.remove(WIDGETS, 'a');
    const live = api.put(WIDGETS, { ...before, metadata: key });
    await client.apply(Widget, widget(3), { live });
    assert.equal(api.writes.length, 2);
  });

  test('without a live object always writes', async () => {
    const { api, client } = setUp();
    await client.apply(Widget, widget(3));
    await client.apply(Widget, widget(3));
    assert.equal(api.writes.length, 2);
  });
});

describe('applyStatus', () => {
  test('goes to the status subresource, with nothing but the status, and only to this very object', async () => {
    const { api, client } = setUp();
    const live = await client.apply(Widget, widget(3));
    await client.applyStatus(Widget, live, { phase: 'Ready' });
    const request = api.writes[1];
    assert.equal(request?.path, `${WIDGETS}/a/status?fieldManager=tester&force=true`);
    const { resourceVersion } = live.metadata;
    assert.deepEqual(bodyOf(request), {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { ...key, resourceVersion },
      status: { phase: 'Ready' },
    });
  });

  test('is skipped when but the times of transitions differ', async () => {
    const { api, client } = setUp();
    const status = (time: string) => ({ phase: 'Ready', conditions: [{ lastTransitionTime: time }] });
    let live = await client.apply(Widget, widget(3));
    for (let minute = 10; minute < 20; minute++) {
      live = await client.applyStatus(Widget, live, status(`2026-01-01T00:${minute}:00Z`));
    }
    assert.equal(api.writes.length, 2);
    await client.applyStatus(Widget, live, { phase: 'Failed' });
    assert.equal(api.writes.length, 3);
  });
});

describe('a write to a status', () => {
  const status = { phase: 'Ready' };

  test('is tried again when others change the object, and keeps what they did', async () => {
    const { api, client } = setUp();
    const live = api.put(WIDGETS, widget(3));
    api.put(WIDGETS, { ...live, spec: { size: 4 } });
    const applied = await client.applyStatus(Widget, live, status);
    assert.deepEqual([applied.spec, applied.status], [{ size: 4 }, status]);
    const patched = await client.patchStatus(Widget, live, { phase: 'Failed' });
    assert.deepEqual([patched.spec, patched.status], [{ size: 4 }, { phase: 'Failed' }]);
  });

  test('never meets another object of the same name', async () => {
    const { api, client } = setUp();
    const live = api.put(WIDGETS, widget(3));
    api.remove(WIDGETS, 'a');
    api.put(WIDGETS, widget(3));
    await assert.rejects(client.applyStatus(Widget, live, status), isConflict);
    await assert.rejects(client.patchStatus(Widget, live, status), isConflict);
    assert.ok(!('status' in (api.get(WIDGETS, 'a') ?? {})));
  });

  test('gives up when others never stop', async () => {
    const { api, client } = setUp();
    const live = api.put(WIDGETS, widget(3));
    api.intercept = r => (r.method === 'PATCH' ? failure(409, 'Conflict') : undefined);
    await assert.rejects(client.patchStatus(Widget, live, status), isConflict);
    assert.equal(api.writes.length, 5);
  });
});

describe('patchStatus and mergePatch', () => {
  test('are skipped when they would change nothing', async () => {
    const { api, client } = setUp();
    const live = api.put(WIDGETS, { ...widget(3), status: { phase: 'Ready' } });
    assert.equal(await client.patchStatus(Widget, live, { phase: 'Ready', gone: null }), live);
    assert.equal(api.requests.length, 0);
    const changed = await client.patchStatus(Widget, live, { phase: null });
    assert.deepEqual(changed.status, {});
    assert.equal(api.requests[0]?.path, `${WIDGETS}/a/status?fieldManager=tester`);
    assert.equal(api.requests[0]?.body?.contentType, 'application/merge-patch+json');
  });

  test('fail with a conflict when a precondition does not hold', async () => {
    const { api, client } = setUp();
    const live = api.put(WIDGETS, widget(3));
    api.put(WIDGETS, { ...live, spec: { size: 4 } });
    const { resourceVersion, uid } = live.metadata;
    const patch = { metadata: { labels: { a: 'b' } } };
    assert.ok(resourceVersion !== undefined && uid !== undefined);
    await assert.rejects(client.mergePatch(Widget, key, patch, { resourceVersion }), { reason: 'Conflict' });
    await assert.rejects(client.mergePatch(Widget, key, patch, { uid: 'another' }), isConflict);
    await client.mergePatch(Widget, key, patch, { uid });
  });
});

describe('delete', () => {
  test('tells whether there was something to delete', async () => {
    const { api, client } = setUp();
    api.put(COLLECTION, configMap({}));
    assert.equal(await client.delete(ConfigMap, key), true);
    assert.equal(await client.delete(ConfigMap, key), false);
  });

  test('deletes this very object or fails with a conflict', async () => {
    const { api, client } = setUp();
    const { uid } = api.put<ConfigMap>(COLLECTION, configMap({})).metadata;
    await assert.rejects(client.delete(ConfigMap, key, { uid: 'another' }), { reason: 'Conflict' });
    assert.ok(uid !== undefined);
    assert.equal(await client.delete(ConfigMap, key, { uid, propagation: 'Foreground' }), true);
    const body = bodyOf(api.requests.at(-1));
    assert.deepEqual(body.preconditions, { uid });
    assert.equal(body.propagationPolicy, 'Foreground');
  });
});

describe('evict', () => {
  test('asks for the eviction of this very pod, once', async () => {
    const { api, client } = setUp();
    api.intercept = () => ok({ kind: 'Status', status: 'Success' });
    assert.equal(await client.evict(key, 'the-uid'), true);
    assert.equal(api.requests[0]?.path, '/api/v1/namespaces/ns/pods/a/eviction');
    assert.deepEqual(bodyOf(api.requests[0]).deleteOptions, { preconditions: { uid: 'the-uid' } });
  });

  test('says no when a disruption budget does, and does not insist', async () => {
    const { api, client } = setUp();
    api.intercept = () => overloaded(429, 10);
    assert.equal(await client.evict(key, 'the-uid'), false);
    assert.equal(api.requests.length, 1);
  });

  test('fails for a pod that is gone or another one', async () => {
    const { api, client } = setUp();
    api.intercept = () => failure(409, 'Conflict');
    await assert.rejects(client.evict(key, 'the-uid'), { reason: 'Conflict' });
  });
});
