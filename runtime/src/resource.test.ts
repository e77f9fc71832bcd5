import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigMap, Node, Pod, resourcePath, StatefulSet } from './resource.ts';

describe('paths', () => {
  test('are those of the core group, of the others, and of cluster-scoped kinds', () => {
    assert.equal(resourcePath(ConfigMap, { namespace: 'ns', name: 'a' }), '/api/v1/namespaces/ns/configmaps/a');
    assert.equal(resourcePath(ConfigMap, {}), '/api/v1/configmaps');
    assert.equal(
      resourcePath(StatefulSet, { namespace: 'ns', name: 's' }, 'status'),
      '/apis/apps/v1/namespaces/ns/statefulsets/s/status',
    );
    assert.equal(resourcePath(Node, { namespace: 'ignored', name: 'n' }), '/api/v1/nodes/n');
  });

  test('are safe from what a name may contain', () => {
    assert.equal(resourcePath(Node, { name: 'system:node/../x' }), '/api/v1/nodes/system%3Anode%2F..%2Fx');
  });
});

test('the types of the API are those of the wire', () => {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'c', image: 'i' }] },
    status: { startTime: '2026-01-01T00:00:00Z' },
  };
  assert.equal(Pod.plural, 'pods');
  assert.equal(pod.status?.startTime, '2026-01-01T00:00:00Z');
});
