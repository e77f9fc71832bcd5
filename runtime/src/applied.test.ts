import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AppliedObjects } from './applied.ts';

function object(name: string, metadata: object = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'ns', ...metadata }, data: { a: '1' } };
}

describe('what was applied', () => {
  test('is a no-op for the same object, whatever its version, generation and field managers', () => {
    const applied = new AppliedObjects();
    assert.ok(!applied.isNoop('object', object('a'), object('a')));
    applied.remember('object', object('a'), object('a', { uid: 'u', resourceVersion: '1', generation: 1 }));
    const live = object('a', { uid: 'u', resourceVersion: '9', generation: 3, managedFields: [{}] });
    assert.ok(applied.isNoop('object', object('a'), live));
    const bound = object('a', { uid: 'u', resourceVersion: '9' });
    assert.ok(applied.isNoop('object', bound, live), 'a wish may say which object and version it is for');
  });

  test('is none when labels changed, or the uid', () => {
    const applied = new AppliedObjects();
    applied.remember('object', object('a'), object('a', { uid: 'u' }));
    assert.ok(!applied.isNoop('object', object('a'), object('a', { uid: 'u', labels: { by: 'hand' } })));
    assert.ok(!applied.isNoop('object', object('a'), object('a', { uid: 'v' })));
  });

  test('is remembered for objects and for their status apart', () => {
    const applied = new AppliedObjects();
    applied.remember('object', object('a'), object('a'));
    assert.ok(!applied.isNoop('status', object('a'), object('a')));
  });

  test('to a status is none for a later object of the same name', () => {
    const applied = new AppliedObjects();
    const wish = { ...object('a'), status: { phase: 'Ready' } };
    applied.remember('status', wish, { ...wish, metadata: { name: 'a', namespace: 'ns', uid: 'u' } });
    const live = { ...wish, metadata: { name: 'a', namespace: 'ns', uid: 'u', resourceVersion: '2' } };
    assert.ok(applied.isNoop('status', wish, live));
    assert.ok(!applied.isNoop('status', wish, { ...live, metadata: { ...live.metadata, uid: 'v' } }));
  });

  test('is forgotten for the objects that were applied longest ago', () => {
    const applied = new AppliedObjects(2);
    for (const name of ['a', 'b', 'a', 'c']) applied.remember('object', object(name), object(name));
    const remembered = ['a', 'b', 'c'].filter(name => applied.isNoop('object', object(name), object(name)));
    assert.deepEqual(remembered, ['a', 'c']);
  });
});
