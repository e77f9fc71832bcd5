import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KubernetesObject, ObjectMeta } from './object.ts';
import { annotationsChanged, anyOf, generationChanged, labelsChanged } from './predicates.ts';
import type { Change } from './store.ts';

function update(old: Partial<ObjectMeta>, now: Partial<ObjectMeta>): Change<KubernetesObject> {
  const object = (metadata: Partial<ObjectMeta>) => ({
    apiVersion: 'v1',
    kind: 'X',
    metadata: { name: 'x', ...metadata },
  });
  return { type: 'update', old: object(old), object: object(now) };
}

describe('predicates', () => {
  test('let every add and delete through', () => {
    const { object } = update({}, {});
    for (const predicate of [generationChanged, labelsChanged, annotationsChanged]) {
      assert.ok(predicate({ type: 'add', object }));
      assert.ok(predicate({ type: 'delete', object }));
    }
  });

  test('GenerationChanged: an update of the spec, not of the status or the metadata', () => {
    assert.ok(generationChanged(update({ generation: 1 }, { generation: 2 })));
    assert.ok(!generationChanged(update({ generation: 1 }, { generation: 1, labels: { a: 'b' } })));
  });

  test('LabelChanged and AnnotationChanged: an update of these', () => {
    assert.ok(labelsChanged(update({}, { labels: { a: 'b' } })));
    assert.ok(!labelsChanged(update({ labels: { a: 'b', c: 'd' } }, { labels: { c: 'd', a: 'b' } })));
    assert.ok(annotationsChanged(update({ annotations: { a: 'b' } }, {})));
    assert.ok(!annotationsChanged(update({}, { annotations: {} })));
  });

  test('Or: what one of them lets through', () => {
    const either = anyOf(generationChanged, annotationsChanged);
    assert.ok(either(update({ generation: 1 }, { generation: 1, annotations: { refresh: '1' } })));
    assert.ok(!either(update({ generation: 1 }, { generation: 1, labels: { a: 'b' } })));
  });
});
