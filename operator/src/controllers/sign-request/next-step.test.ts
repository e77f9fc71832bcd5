import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeyShareSet, SignRequestStatus } from '@mpc-operator/crds/generated/api';
import { deadlineOf } from '@mpc-operator/crds/sign-request';
import { CREATED, keyShareSet, signRequest } from '../../testing/objects.ts';
import { nextStep } from './next-step.ts';

const created = Date.parse(CREATED);
const deadline = created + 60_000;
const condition = (status: 'True' | 'False'): KeyShareSet => ({
  ...keyShareSet(),
  status: {
    conditions: [{ type: 'Ready', status, reason: 'TooFewParties', message: '1 of 3', lastTransitionTime: CREATED }],
  },
});
const ready = condition('True');
const unready = condition('False');
const step = (key: KeyShareSet | undefined, now: number, status?: SignRequestStatus) =>
  nextStep(signRequest({}, {}, status), key, now);

describe('a request that is not finished', () => {
  test('is the parties’ business while its key is ready', () => {
    assert.deepEqual(step(ready, created), { kind: 'wait', until: deadline + 5_000 });
    assert.deepEqual(step(ready, deadline + 4_999, { phase: 'Signing' }).kind, 'wait');
  });

  test('says why nothing happens while its key is not there', () => {
    const cases: [KeyShareSet | undefined, string, RegExp][] = [
      [undefined, 'KeyNotFound', /no KeyShareSet treasury in this namespace: apply it/],
      [unready, 'KeyNotReady', /TooFewParties: 1 of 3/],
      [keyShareSet(), 'KeyNotReady', /not looked at yet/],
      [keyShareSet({}, { deletionTimestamp: CREATED }), 'KeyDeleted', /being deleted/],
    ];
    for (const [key, reason, message] of cases) {
      const next = step(key, created);
      assert.ok(next.kind === 'explain');
      assert.equal(next.reason, reason);
      assert.match(next.message, message);
      assert.equal(next.until, deadline);
    }
  });

  test('is never touched while a session runs, even if the key seems unready', () => {
    assert.equal(step(unready, created, { phase: 'Signing' }).kind, 'wait');
  });

  test('keeps what a party says of an unready key: two who explain would overwrite each other for ever', () => {
    const said = (reason: string) => ({ phase: 'Pending', reason }) as const;
    assert.equal(step(unready, created, said('QuorumUnavailable')).kind, 'wait');
    assert.equal(step(unready, created, said('KeyNotFound')).kind, 'explain');
    assert.equal(step(undefined, created, said('QuorumUnavailable')).kind, 'explain');
  });

  test('fails at its deadline without a key, and a little later with one', () => {
    assert.equal(step(undefined, deadline - 1).kind, 'explain');
    const failed = step(undefined, deadline);
    assert.ok(failed.kind === 'fail');
    assert.match(failed.message, /spec.deadlineSeconds \(60\).*no KeyShareSet treasury/);
    assert.equal(step(ready, deadline + 4_999).kind, 'wait');
    const late = step(ready, deadline + 5_000, { phase: 'Signing', message: 'party 3 did not answer' });
    assert.ok(late.kind === 'fail');
    assert.match(late.message, /party 3 did not answer/);
  });
});

describe('a request that is finished', () => {
  const finished = { phase: 'Succeeded', completionTime: CREATED } as const;
  const after = (seconds: number, now: number, status: SignRequestStatus = finished) =>
    nextStep(signRequest({ ttlSecondsAfterFinished: seconds }, {}, status), undefined, now);

  test('is deleted when its time is over, and with -1 never', () => {
    assert.deepEqual(after(-1, created + 1e12), { kind: 'none' });
    assert.deepEqual(after(10, created + 9_999), { kind: 'wait', until: created + 10_000 });
    assert.deepEqual(after(10, created + 10_000), { kind: 'delete' });
    assert.deepEqual(after(0, created), { kind: 'delete' });
  });

  test('without a completion time it is taken to have ended at its deadline', () => {
    assert.deepEqual(after(10, created, { phase: 'Failed' }), {
      kind: 'wait',
      until: deadlineOf(signRequest()) + 10_000,
    });
  });
});
