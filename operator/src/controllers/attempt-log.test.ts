import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttemptLog } from './attempt-log.ts';
import { nextNumber } from './attempts.ts';

const key = { namespace: 'ns', name: 'treasury' };

test('each failure is counted once, and doubles the pause up to five minutes', () => {
  const log = new AttemptLog();
  log.failed(key, 1, 'no', 0);
  log.failed(key, 1, 'no', 1_000);
  assert.equal(log.get(key).notBefore, 5_000);
  log.failed(key, 2, 'no', 10_000);
  assert.equal(log.get(key).notBefore, 20_000);
  for (let number = 3; number < 20; number++) log.failed(key, number, 'no', 0);
  assert.equal(log.get(key).notBefore, 300_000);
});

test('what succeeded makes the next failure the first again, but numbers go on', () => {
  const log = new AttemptLog();
  log.commanded(key, 7, 0);
  log.failed(key, 7, 'no', 0);
  log.succeeded(key);
  assert.deepEqual([log.get(key).number, log.get(key).notBefore], [7, 0]);
  log.failed(key, 8, 'no', 0);
  assert.equal(log.get(key).notBefore, 5_000);
});

test('what came to nothing before a success is not taken up again, though parties go on to show it', () => {
  const log = new AttemptLog();
  const shown = (phase: 'Failed' | 'Acknowledged', number: number) =>
    log.observe(key, [{ active: 1, final: 1, attempt: { number, trigger: 'annotation@x', phase } }], 2, 20_000);
  log.acknowledged(key, 2, 0);
  log.acknowledged(key, 2, 10_000);
  log.succeeded(key);
  shown('Acknowledged', 2);
  shown('Failed', 2);
  const { failed, failures } = log.get(key);
  assert.deepEqual([failed, failures], [2, 0]);
  log.acknowledged(key, 3, 20_000);
  log.succeeded(key);
  log.acknowledged(key, 3, 30_000);
  assert.equal(log.get(key).failed, 3, 'the time of one that was waited for is not counted anew');
});

test('what is put off comes again after the same short pause, and has not failed', () => {
  const log = new AttemptLog();
  log.failed(key, 1, 'no', 0);
  for (let number = 2; number < 10; number++) log.putOff(key, number, 'no primes', 10_000);
  assert.deepEqual([log.get(key).notBefore, log.get(key).failures, log.get(key).message], [15_000, 1, 'no primes']);
  const next = nextNumber({ agreed: 1, lowest: 1 }, log.get(key), 10_000);
  assert.equal(typeof next === 'number' ? next : next.reason, 'PutOff');
  log.failed(key, 9, 'party 2 was missing', 10_000);
  assert.equal(log.get(key).failures, 1, 'those that had begun find somebody missing: no news');
});

test('what the parties show is taken note of, and a failure again counts once', () => {
  const log = new AttemptLog();
  const at = (phase: 'Failed' | 'Acknowledged') => [
    { active: 1, final: 1, attempt: { number: 2, trigger: 'annotation@x', phase } },
  ];
  log.observe(key, at('Acknowledged'), 1, 0);
  log.observe(key, at('Acknowledged'), 1, 10_000);
  assert.equal(log.get(key).failed, 2);
  log.observe(key, at('Failed'), 1, 10_000);
  assert.deepEqual([log.get(key).failures, log.get(key).notBefore], [1, 15_000]);
});

test('an attempt that not all acknowledge fails after ten seconds', () => {
  const log = new AttemptLog();
  log.acknowledged(key, 3, 0);
  log.acknowledged(key, 3, 9_999);
  assert.equal(log.get(key).failed, 0);
  log.acknowledged(key, 3, 10_000);
  assert.equal(log.get(key).failed, 3);
  log.acknowledged(key, 4, 10_000);
  log.acknowledged(key, 4, 11_000);
  assert.equal(log.get(key).failed, 3, 'the next one has its own ten');
});

test('keys do not share their attempts, and a forgotten key begins anew', () => {
  const log = new AttemptLog();
  log.failed(key, 5, 'no', 0);
  assert.equal(log.get({ ...key, name: 'other' }).failed, 0);
  log.forget(key);
  assert.equal(log.get(key).failed, 0);
});

test('an attempt at a number that nobody can have given out is taken no note of', () => {
  const log = new AttemptLog();
  const says = (number: number, phase: 'Failed' | 'Acknowledged', now: number) =>
    log.observe(key, [{ active: 3, final: 3, attempt: { number, trigger: 'annotation@x', phase } }], 3, now);
  says(2 ** 31 - 2, 'Failed', 0);
  says(2 ** 31 - 2, 'Acknowledged', 0);
  says(2 ** 31 - 2, 'Acknowledged', 10_000);
  assert.deepEqual([log.get(key).failed, log.get(key).failures], [0, 0]);
  says(4, 'Failed', 10_000);
  assert.deepEqual([log.get(key).failed, log.get(key).failures], [4, 1]);
});

test('numbers that begin anew are attempts of their own', () => {
  const log = new AttemptLog();
  log.commanded(key, 300, 0);
  log.failed(key, 300, 'no', 0);
  log.commanded(key, 4, 0);
  log.failed(key, 4, 'no', 0);
  assert.deepEqual([log.get(key).failed, log.get(key).failures], [4, 2]);
});
