import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { failed, type Progress, pending, type Signature, succeeded } from './status.ts';

const request = (status?: SignRequest['status']): SignRequest => ({
  apiVersion: API_VERSION,
  kind: 'SignRequest',
  metadata: { name: 'r', namespace: 'ns', generation: 1 },
  spec: { keyRef: { name: 'k' }, message: 'bQ==', deadlineSeconds: 60, ttlSecondsAfterFinished: 86_400 },
  ...(status && { status }),
});
const seen = new Date('2026-01-01T00:00:00Z');
const now = new Date('2026-01-01T00:00:01.500Z');
const progress = (attempts: number, culprits: Progress['culprits'] = []): Progress => ({ attempts, seen, culprits });
const signature: Signature = {
  signature: 'ab'.repeat(64),
  publicKey: 'cd'.repeat(32),
  keyId: '00'.repeat(16),
  epoch: 3,
  signers: [1, 2],
};
const conditions = (status: NonNullable<SignRequest['status']>) =>
  Object.fromEntries((status.conditions ?? []).map(c => [c.type, c.status]));

test('a signature comes with all that tells how it came about', () => {
  const status = succeeded(request(), 2, signature, progress(1), now);
  assert.deepEqual(conditions(status), { Signed: 'True', Failed: 'False' });
  const { phase, reason, leader, epoch, signers, durationMilliseconds, startTime, completionTime } = status;
  assert.deepEqual(
    { phase, reason, leader, epoch, signers, durationMilliseconds, startTime, completionTime },
    {
      phase: 'Succeeded',
      reason: 'Signed',
      leader: 2,
      epoch: 3,
      signers: [1, 2],
      durationMilliseconds: 1500,
      startTime: '2026-01-01T00:00:00Z',
      completionTime: '2026-01-01T00:00:01Z',
    },
  );
});

test('a request is pending until a session began, and signing from then on', () => {
  const before = pending(request(), 'QuorumUnavailable', 'one of two', progress(0), now);
  assert.deepEqual([before.phase, before.startTime, before.completionTime], ['Pending', undefined, undefined]);
  const after = pending(request(), 'Timeout', 'session 1 failed', progress(1), now);
  assert.deepEqual([after.phase, after.attempts], ['Signing', 1]);
  assert.deepEqual(conditions(after), { Signed: 'Unknown', Failed: 'False' });
});

test('a failure is final, and a message is never longer than the schema allows', () => {
  const status = failed(request(), 'DeadlineExceeded', 'x'.repeat(5000), progress(2), now);
  assert.deepEqual(conditions(status), { Signed: 'False', Failed: 'True' });
  assert.deepEqual([status.phase, status.message?.length, status.attempts], ['Failed', 1024, 2]);
  assert.ok(status.completionTime);
});

test(
  'what other parties have found out is kept: attempts never go back, culprits stay, one entry each, ' +
    'sixteen at most',
  () => {
    const others = Array.from({ length: 16 }, (_, i) => ({ party: i + 1, reason: 'theirs' }));
    const status = pending(
      request({ attempts: 5, culprits: others }),
      'Misbehaviour',
      'm',
      progress(1, [
        { party: 3, reason: 'own' },
        { party: 17, reason: 'own' },
      ]),
      now,
    );
    assert.equal(status.attempts, 5);
    assert.equal(status.culprits?.length, 16);
    assert.deepEqual(status.culprits?.slice(0, 3), [
      { party: 3, reason: 'own' },
      { party: 17, reason: 'own' },
      { party: 1, reason: 'theirs' },
    ]);
  },
);
