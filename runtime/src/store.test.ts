import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubernetesObject } from './object.ts';
import { Store } from './store.ts';

function pod(name: string, version: number, options: { uid?: string; namespace?: string; node?: string } = {}) {
  const { uid = `uid of ${name}`, namespace = 'ns', node = 'n1' } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid, resourceVersion: String(version) },
    spec: { node },
  };
}

type Pod = ReturnType<typeof pod>;

function setUp(...pods: readonly Pod[]) {
  const store = new Store<Pod>({ node: p => [p.spec.node] });
  store.replace(pods, undefined);
  return store;
}

const names = (objects: readonly KubernetesObject[]) => objects.map(object => object.metadata.name).sort();

describe('a store', () => {
  test('tells an add from an update', () => {
    const store = setUp();
    const [a1, a2] = [pod('a', 1), pod('a', 2)];
    assert.deepEqual(store.set(a1), [{ type: 'add', object: a1 }]);
    assert.deepEqual(store.set(a2), [{ type: 'update', object: a2, old: a1 }]);
    assert.equal(store.get({ namespace: 'ns', name: 'a' }), a2);
  });

  test('says nothing of a version that it has', () => {
    assert.deepEqual(setUp(pod('a', 1)).set(pod('a', 1)), []);
  });

  test('sees in another uid that the object was deleted and made again', () => {
    const [old, recreated] = [pod('a', 1), pod('a', 5, { uid: 'another' })];
    assert.deepEqual(setUp(old).set(recreated), [
      { type: 'delete', object: old },
      { type: 'add', object: recreated },
    ]);
  });

  test('keeps an object whose earlier namesake is deleted', () => {
    const store = setUp(pod('a', 5, { uid: 'another' }));
    assert.deepEqual(store.delete(pod('a', 3)), []);
    assert.equal(store.list().length, 1);
  });

  test('hands the final state of a deleted object to the handlers', () => {
    const last = pod('a', 9);
    assert.deepEqual(setUp(pod('a', 1)).delete(last), [{ type: 'delete', object: last }]);
  });

  test('replaced, tells what is gone, new, changed and recreated, and nothing of the rest', () => {
    const [gone, same, changed, recreated] = [pod('gone', 1), pod('same', 2), pod('changed', 3), pod('recreated', 4)];
    const store = setUp(gone, same, changed, recreated);
    const [changed2, recreated2, added] = [pod('changed', 7), pod('recreated', 8, { uid: 'x' }), pod('added', 9)];
    assert.deepEqual(store.replace([pod('same', 2), changed2, recreated2, added], undefined), [
      { type: 'delete', object: gone },
      { type: 'update', object: changed2, old: changed },
      { type: 'delete', object: recreated },
      { type: 'add', object: recreated2 },
      { type: 'add', object: added },
    ]);
  });

  test('replaced in one namespace, leaves the others alone', () => {
    const store = setUp(pod('a', 1), pod('b', 2, { namespace: 'other' }));
    store.replace([], 'ns');
    assert.deepEqual(names(store.list()), ['b']);
    assert.deepEqual(names(store.list('other')), ['b']);
  });

  test('finds objects by index, and follows them when their value changes', () => {
    const store = setUp(pod('a', 1), pod('b', 2));
    store.set(pod('b', 3, { node: 'n2' }));
    assert.deepEqual(names(store.byIndex('node', 'n1')), ['a']);
    assert.deepEqual(names(store.byIndex('node', 'n2')), ['b']);
    store.delete(pod('b', 4));
    assert.deepEqual(store.byIndex('node', 'n2'), []);
    assert.throws(() => store.byIndex('zone', 'a'), /no index zone/);
  });

  test('freezes what it holds, to the bottom', () => {
    const store = setUp(pod('a', 1));
    const [held] = store.list();
    assert.ok(held !== undefined);
    assert.throws(() => Object.assign(held.spec, { node: 'elsewhere' }), TypeError);
  });
});
