import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuthority } from './authority.ts';
import { nextStep, trusted } from './ca-rotation.ts';
import { renewalTime } from './renewal.ts';

const now = new Date('2026-11-21T12:00:00Z');
const later = new Date(now.getTime() + 600_000);

test('an authority is succeeded when two thirds of its life are over, or when somebody asks, once', async () => {
  const issuing = await createAuthority('demo', now);
  const old = renewalTime(issuing.certificate);
  assert.equal(nextStep({ issuing }, undefined, new Date(old.getTime() - 1)), undefined);
  assert.equal(nextStep({ issuing }, undefined, old), 'Trust');
  assert.equal(nextStep({ issuing }, 'leaked', now), 'Trust');
  assert.equal(nextStep({ issuing, request: 'leaked' }, 'leaked', now), undefined);
});

test('each step is given the time in which kubelets bring Secrets into pods', async () => {
  const [issuing, other] = [await createAuthority('demo', now), await createAuthority('demo', now)];
  const trust = { issuing, caRotation: { step: 'Trust', other, since: now } } as const;
  const reissue = { issuing: other, caRotation: { step: 'Reissue', other: issuing, since: now } } as const;
  assert.equal(nextStep(trust, 'again', now), undefined);
  assert.equal(nextStep(trust, 'again', later), 'Reissue');
  assert.equal(nextStep(reissue, 'again', later), 'Drop');
  assert.equal(trusted(trust), trusted(reissue));
});
