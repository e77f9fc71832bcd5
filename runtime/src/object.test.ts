import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { formatKey, isAtLeast, isControlledBy, keyOf, ownerReference, parseKey } from './object.ts';

const owner = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'ns', uid: 'u1' } };

describe('keys', () => {
  test('survive being written and read', () => {
    const segment = fc.stringMatching(/^[a-z0-9.-]+$/);
    fc.assert(
      fc.property(fc.oneof(fc.constant(''), segment), segment, (namespace, name) => {
        assert.deepEqual(parseKey(formatKey({ namespace, name })), { namespace, name });
      }),
    );
  });

  test('of cluster-scoped objects have no namespace', () => {
    assert.equal(formatKey(keyOf({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } })), 'n');
  });
});

describe('owner references', () => {
  test('of a controller hold back the foreground deletion of the owner', () => {
    assert.deepEqual(ownerReference(owner, { controller: true }), {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      name: 'w',
      uid: 'u1',
      controller: true,
      blockOwnerDeletion: true,
    });
  });

  test('need an owner that is stored', () => {
    const unstored = { ...owner, metadata: { name: 'w' } };
    assert.throws(() => ownerReference(unstored, { controller: true }), /has no uid/);
  });

  test('do not belong to a namesake of the owner that was made later', () => {
    const metadata = { name: 'c', ownerReferences: [ownerReference(owner, { controller: true })] };
    const child = { apiVersion: 'v1', kind: 'ConfigMap', metadata };
    assert.ok(isControlledBy(child, owner));
    assert.ok(!isControlledBy(child, { ...owner, metadata: { ...owner.metadata, uid: 'u2' } }));
    assert.ok(!isControlledBy({ ...child, metadata: { name: 'c' } }, { ...owner, metadata: { name: 'w' } }));
  });
});

describe('resource versions', () => {
  test('are compared as the integers of any length that they are', () => {
    assert.ok(isAtLeast('10', '9'));
    assert.ok(isAtLeast('9007199254740993', '9007199254740992'));
    assert.ok(!isAtLeast('9007199254740992', '9007199254740993'));
    assert.ok(!isAtLeast(undefined, '1'));
  });
});
