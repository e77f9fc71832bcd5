import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { type KeyState, newEpochs } from '../epochs/key-state.ts';
import { isToBeDestroyed } from './key-share-set.ts';

const keyShareSet = (spec: Partial<KeyShareSet['spec']> = {}, metadata: object = {}): KeyShareSet => ({
  apiVersion: API_VERSION,
  kind: 'KeyShareSet',
  metadata: { name: 'k', namespace: 'ns', ...metadata },
  spec: {
    clusterRef: { name: 'demo' },
    curve: 'ed25519',
    purpose: 'eddsa',
    threshold: 2,
    parties: [1, 2, 3],
    deletionPolicy: 'Retain',
    allowPrehashed: false,
    presignatures: { target: 0, lowWater: 0 },
    ...spec,
  },
});

const held: KeyState = {
  ...newEpochs(1, { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2, 3] }, '00'.repeat(16)),
  final: 1,
  active: 1,
};

test('a key is to be destroyed when its own KeyShareSet is deleted with the policy Destroy', () => {
  const deleted = (spec: Partial<KeyShareSet['spec']>, metadata: object = { deletionTimestamp: 'now' }) =>
    isToBeDestroyed(held, keyShareSet(spec, metadata), 'demo');
  assert.ok(deleted({ deletionPolicy: 'Destroy' }));
  assert.equal(deleted({ deletionPolicy: 'Retain' }), false);
  assert.equal(deleted({ deletionPolicy: 'Destroy' }, {}), false);
  assert.equal(deleted({ deletionPolicy: 'Destroy', clusterRef: { name: 'other' } }), false);
  // Signing goes on with a threshold that was edited; what cannot be taken back wants a spec that is exactly right.
  assert.equal(deleted({ deletionPolicy: 'Destroy', threshold: 3 }), false);
  assert.equal(deleted({ deletionPolicy: 'Destroy', parties: [1, 2] }), false);
  assert.equal(deleted({ deletionPolicy: 'Destroy', curve: 'secp256k1', purpose: 'taproot' }), false);
  assert.equal(isToBeDestroyed(held, undefined, 'demo'), false);
});
