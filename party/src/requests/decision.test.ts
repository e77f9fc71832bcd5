import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { type KeyState, newEpochs } from '../epochs/key-state.ts';
import { decide } from './decision.ts';

const created = Date.parse('2026-01-01T00:00:00Z');

const request = (spec: Partial<SignRequest['spec']> = {}, status?: SignRequest['status']): SignRequest => ({
  apiVersion: API_VERSION,
  kind: 'SignRequest',
  metadata: { name: 'r', namespace: 'ns', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { keyRef: { name: 'k' }, message: 'aGVsbG8=', deadlineSeconds: 60, ttlSecondsAfterFinished: 86_400, ...spec },
  ...(status && { status }),
});

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
const known = { cluster: 'demo', keyShareSet: keyShareSet(), key: held, now: created + 1000 };

test('a request for a key that is held is signed, until its deadline', () => {
  const decision = decide(request(), known);
  assert.ok(decision.kind === 'sign');
  assert.equal(Buffer.from(decision.requested.message).toString(), 'hello');
  assert.equal(decision.deadline, created + 60_000);
});

test('a finished request is never signed again', () => {
  for (const phase of ['Succeeded', 'Failed'] as const)
    assert.equal(decide(request({}, { phase }), known).kind, 'ignore');
});

test('a request fails at its deadline', () => {
  const decision = decide(request({ deadlineSeconds: 10 }), { ...known, now: created + 10_000 });
  assert.ok(decision.kind === 'fail' && decision.reason === 'DeadlineExceeded');
  assert.match(decision.message, /spec\.deadlineSeconds \(10\)/);
});

test('a request that was restored without its status is not signed: it is past its deadline, or labelled', () => {
  const week = 7 * 86_400_000;
  const kept = decide(request(), { ...known, now: created + week });
  assert.ok(kept.kind === 'fail' && kept.reason === 'DeadlineExceeded', 'its old creation time was kept');
  const { metadata, ...rest } = request();
  const labels = { 'velero.io/backup-name': 'b', 'velero.io/restore-name': 'r' };
  const renewed = decide({ ...rest, metadata: { ...metadata, labels } }, known);
  assert.ok(renewed.kind === 'fail' && renewed.reason === 'Restored', 'it has a new creation time');
  assert.match(renewed.message, /restore r .* Create another request/);
});

test('a key whose KeyShareSet is gone, going, or of another cluster signs nothing', () => {
  assert.equal(decide(request(), { ...known, keyShareSet: undefined }).kind, 'ignore');
  const going = keyShareSet({}, { deletionTimestamp: '2026-01-01T00:00:00Z' });
  assert.equal(decide(request(), { ...known, keyShareSet: going }).kind, 'ignore');
  const other = keyShareSet({ clusterRef: { name: 'other' } });
  assert.equal(decide(request(), { ...known, keyShareSet: other }).kind, 'ignore');
});

test('a key that is not certified by all, or not held, is left to the operator to report', () => {
  assert.equal(decide(request(), { ...known, key: undefined }).kind, 'ignore');
  assert.equal(decide(request(), { ...known, key: { ...held, final: 0 } }).kind, 'ignore');
});

test('a KeyShareSet that is about another key than the one held under its name signs nothing', () => {
  for (const spec of [{ curve: 'secp256k1' }, { purpose: 'ecdsa' }] as const) {
    const decision = decide(request(), { ...known, keyShareSet: keyShareSet(spec) });
    assert.ok(decision.kind === 'wait' && decision.reason === 'KeyConflict');
    assert.match(decision.message, new RegExp(`in ${Object.keys(spec)[0]}: restore`));
  }
});

test('a key signs on as it is held, whatever threshold and parties its KeyShareSet asks for', () => {
  const edited: Partial<KeyShareSet['spec']>[] = [{ threshold: 3 }, { parties: [1, 2] }, { parties: [4, 1, 2, 3] }];
  for (const spec of edited) {
    const decision = decide(request(), { ...known, keyShareSet: keyShareSet(spec) });
    assert.ok(decision.kind === 'sign');
    assert.deepEqual(decision.key.spec, held.spec);
  }
});

test('a message that is not canonical base64 fails at once', () => {
  for (const message of ['aGVsbG9=', 'aGVsbG8', '!!!!']) {
    const decision = decide(request({ message }), known);
    assert.ok(decision.kind === 'fail' && decision.reason === 'MessageMalformed', message);
  }
});
