import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiClient } from './client.ts';
import { addFinalizer, removeFinalizer } from './finalizers.ts';
import { ConfigMap } from './resource.ts';
import { FakeApi } from './testing/fake-api.ts';
import { CONFIG_MAPS, configMap } from './testing/running-informer.ts';

function setUp(...finalizers: readonly string[]) {
  const api = new FakeApi();
  const client = new ApiClient({ transport: api, fieldManager: 'tester' });
  const object: ConfigMap = api.put(CONFIG_MAPS, configMap('a', '', { finalizers }));
  return { api, client, object };
}

describe('a finalizer', () => {
  test('is added behind those of others, once', async () => {
    const { api, client, object } = setUp('example.com/other');
    const after = await addFinalizer(client, ConfigMap, object, 'example.com/mine');
    assert.deepEqual(after.metadata.finalizers, ['example.com/other', 'example.com/mine']);
    assert.equal(await addFinalizer(client, ConfigMap, after, 'example.com/mine'), after);
    assert.equal(api.writes.length, 1);
  });

  test('is removed from among those of others, once', async () => {
    const { api, client, object } = setUp('example.com/mine', 'example.com/other');
    const after = await removeFinalizer(client, ConfigMap, object, 'example.com/mine');
    assert.deepEqual(after.metadata.finalizers, ['example.com/other']);
    assert.equal(await removeFinalizer(client, ConfigMap, after, 'example.com/mine'), after);
    assert.equal(api.writes.length, 1);
  });

  test('is not changed on the ground of an old list', async () => {
    const { api, client, object } = setUp();
    api.put(CONFIG_MAPS, configMap('a', '', { finalizers: ['example.com/new'] }));
    await assert.rejects(addFinalizer(client, ConfigMap, object, 'example.com/mine'), { reason: 'Conflict' });
  });
});
