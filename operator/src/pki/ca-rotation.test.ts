import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthority } from './authority.ts';
import { nextRotationStep, trusted } from './ca-rotation.ts';
import { renewalTime } from './renewal.ts';

const now = new Date('2026-11-21T12:00:00Z');
const later = new Date(now.getTime() + 600_000);

test('an authority is succeeded when two thirds of its life are over, or when somebody asks, once', async () => {
  const issuing = await createAuthority('demo', now);
  const old = renewalTime(issuing.certificate);
  assert.equal(nextRotationStep({ issuing }, undefined, new Date(old.getTime() - 1)), undefined);
  assert.equal(nextRotationStep({ issuing }, undefined, old), 'Trust');
  assert.equal(nextRotationStep({ issuing }, 'leaked', now), 'Trust');
  assert.equal(nextRotationStep({ issuing, request: 'leaked' }, 'leaked', now), undefined);
});

test('each step is given the time in which kubelets bring Secrets into pods', async () => {
  const [issuing, other] = [await createAuthority('demo', now), await createAuthority('demo', now)];
  const trust = { issuing, caRotation: { step: 'Trust', other, since: now } } as const;
  const reissue = { issuing: other, caRotation: { step: 'Reissue', other: issuing, since: now } } as const;
  assert.equal(nextRotationStep(trust, 'again', now), undefined);
  assert.equal(nextRotationStep(trust, 'again', later), 'Reissue');
  assert.equal(nextRotationStep(reissue, 'again', later), 'Drop');
  assert.equal(trusted(trust), trusted(reissue));
});
