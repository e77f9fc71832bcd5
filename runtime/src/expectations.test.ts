import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Cache, Expectations } from './expectations.ts';
import { isAtLeast, type KubernetesObject } from './object.ts';
import { Store } from './store.ts';

const owner = { namespace: 'ns', name: 'cluster' };

function pod(version: number, metadata: { uid?: string; deletionTimestamp?: string } = {}): KubernetesObject {
  const base = { name: 'p', namespace: 'ns', uid: 'u1', resourceVersion: String(version) };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { ...base, ...metadata } };
}

/** A cache whose state is as new as the newest object that was put in it or taken out. */
class TestCache extends Store<KubernetesObject> implements Cache<KubernetesObject> {
  reached = '0';

  hasSeen(object: KubernetesObject): boolean {
    return isAtLeast(this.reached, object.metadata.resourceVersion);
  }

  see(object: KubernetesObject): void {
    this.set(object);
    this.reached = object.metadata.resourceVersion ?? '0';
  }
}

function setUp() {
  const cache = new TestCache();
  cache.see(pod(1));
  return { cache, expectations: new Expectations() };
}

describe('expectations', () => {
  test('are none at first', () => {
    const { expectations } = setUp();
    assert.deepEqual(expectations.pending(owner), []);
  });

  test('of a write are met when the cache has come as far', () => {
    const { cache, expectations } = setUp();
    expectations.expectWritten(owner, cache, pod(5));
    assert.deepEqual(expectations.pending(owner), ['Pod p at version 5']);
    cache.see(pod(4));
    assert.equal(expectations.pending(owner).length, 1);
    cache.see(pod(6));
    assert.deepEqual(expectations.pending(owner), []);
  });

  test('of a removal are met when the object is gone', () => {
    const { cache, expectations } = setUp();
    expectations.expectRemoved(owner, cache, pod(1));
    assert.deepEqual(expectations.pending(owner), ['removal of Pod p']);
    cache.delete(pod(2));
    assert.deepEqual(expectations.pending(owner), []);
  });

  test('of a removal are met when the object is on its way out', () => {
    const { cache, expectations } = setUp();
    expectations.expectRemoved(owner, cache, pod(1));
    cache.see(pod(2, { deletionTimestamp: '2026-01-01T00:00:00Z' }));
    assert.deepEqual(expectations.pending(owner), []);
  });

  test('of a removal are met when another object has the name', () => {
    const { cache, expectations } = setUp();
    expectations.expectRemoved(owner, cache, pod(1));
    cache.see(pod(2, { uid: 'u2' }));
    assert.deepEqual(expectations.pending(owner), []);
  });

  test('once met are not asked for again', () => {
    const { cache, expectations } = setUp();
    expectations.expectRemoved(owner, cache, pod(1));
    cache.delete(pod(2));
    expectations.pending(owner);
    cache.see(pod(1));
    assert.deepEqual(expectations.pending(owner), []);
  });

  test('are those of one owner', () => {
    const { cache, expectations } = setUp();
    expectations.expectRemoved(owner, cache, pod(1));
    assert.deepEqual(expectations.pending({ namespace: 'ns', name: 'another' }), []);
    expectations.forget(owner);
    assert.deepEqual(expectations.pending(owner), []);
  });
});
