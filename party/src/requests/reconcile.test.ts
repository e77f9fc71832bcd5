import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure } from '@mpc-operator/runtime/testing/fake-api';
import { settle } from '@mpc-operator/runtime/testing/fake-clock';
import { CheckError, ContextMismatch, Misbehaviour, Timeout } from '../protocol/session/errors.ts';
import { PresignAborted } from '../protocol/signing/cggmp24/presign-view.ts';
import { fromPlain, toPlain } from '../threads/plain-error.ts';
import { Desk, SECOND, signature } from './testing/desk.ts';
import { uidFor } from './testing/uids.ts';

const timeoutOf = (...parties: number[]) => new Timeout('hello', parties);
const misbehaviourOf = (...parties: number[]) => new Misbehaviour('signature share', parties, []);

test(
  'the party whose turn it is leads, and publishes who signed, ' + 'in how many attempts and how long it took',
  async () => {
    const desk = new Desk();
    desk.session = async () => {
      await desk.clock.advance(120);
      return signature;
    };
    assert.equal(await desk.reconcile(), undefined);
    const { phase, leader, attempts, durationMilliseconds, signature: signed } = desk.status;
    assert.deepEqual(
      [phase, leader, attempts, durationMilliseconds, signed],
      ['Succeeded', 1, 1, 120, 'ab'.repeat(64)],
    );
    assert.deepEqual(desk.asked, [[1, 2]]);
    assert.deepEqual(desk.observed, ['signed']);
  },
);

test('the others wait three seconds for each that comes before, and take over', async () => {
  for (const [order, wait] of [
    [[2, 1, 3], 3],
    [[2, 3, 1], 6],
  ] as const) {
    const desk = new Desk(order);
    assert.equal(await desk.reconcile(), wait * SECOND);
    assert.deepEqual(desk.asked, []);
    await desk.clock.advance(wait * SECOND);
    await desk.reconcile();
    assert.deepEqual(desk.asked.length, 1);
  }
});

test('who is not there, or has cheated in a session, is not waited for', async () => {
  const away = new Desk([2, 1, 3]);
  away.present = new Set([1, 3]);
  await away.reconcile();
  assert.deepEqual(away.asked, [[1, 3]]);

  const cheated = new Desk([2, 1, 3]);
  await cheated.reconcile();
  cheated.states.sessionFailed(cheated.request ?? assert.fail(), misbehaviourOf(2));
  await cheated.reconcile();
  assert.deepEqual(cheated.asked, [[1, 3]]);
  assert.deepEqual(
    cheated.status.culprits?.map(({ party }) => party),
    [2],
  );
});

test('whoever works on the request is waited for, but not for ever', async () => {
  const desk = new Desk([2, 1, 3]);
  await desk.reconcile();
  for (let second = 1; second <= 17; second++) {
    await desk.clock.advance(SECOND);
    if (second % 2 === 0) desk.states.othersActive('r');
    else desk.otherWrites({ phase: 'Signing', message: `session ${second} failed` });
    assert.notEqual(await desk.reconcile(), undefined);
    assert.deepEqual(desk.asked, []);
  }
  await desk.clock.advance(SECOND);
  await desk.reconcile();
  assert.equal(desk.asked.length, 1);
});

test('of a short deadline nobody takes more than half', async () => {
  const desk = new Desk([2, 1, 3], 8 * SECOND);
  await desk.reconcile();
  await desk.clock.advance(4 * SECOND);
  desk.states.othersActive('r');
  assert.equal(await desk.reconcile(), 3 * SECOND);
});

test('after a failure a party rests, longer each time, whatever happens to the request meanwhile', async () => {
  const desk = new Desk();
  desk.fails(timeoutOf(2));
  for (const rest of [100, 200, 400, 800, 1600, 3200, 5000, 5000]) {
    assert.equal(await desk.reconcile(), rest);
    const sessions = desk.asked.length;
    // the status that the party has written wakes it
    assert.equal(await desk.reconcile(), rest);
    assert.equal(desk.asked.length, sessions);
    await desk.clock.advance(rest);
  }
  assert.equal(desk.status.attempts, 8);
  assert.equal(desk.status.reason, 'Timeout');
});

test('what fails at this party only is left to the others before it tries again', async () => {
  const desk = new Desk();
  desk.fails(new RangeError('no share'));
  assert.equal(await desk.reconcile(), 9 * SECOND);
  assert.deepEqual([desk.status.phase, desk.status.message], ['Signing', 'session 1 failed: no share']);
});

test('who provokes an error in a check, or spoils a presignature unseen, is replaced, not named', async () => {
  const errors = [new CheckError('opening', [2], [], new RangeError('0')), new PresignAborted('spoiled')];
  // an error of a session in a worker thread comes as a plain one
  for (const error of [...errors, ...errors.map(error => fromPlain(structuredClone(toPlain(error))))]) {
    const desk = new Desk();
    desk.fails(error);
    await desk.runFor(SECOND);
    assert.deepEqual(desk.asked.slice(0, 2), [
      [1, 2],
      [1, 3],
    ]);
    assert.deepEqual([desk.status.reason, desk.status.culprits], [error.name, undefined]);
  }
});

test('who does not answer is replaced', async () => {
  const desk = new Desk();
  desk.fails(timeoutOf(2));
  await desk.reconcile();
  desk.session = async () => ({ ...signature, signers: [1, 3] });
  await desk.runFor(SECOND);
  assert.deepEqual(desk.asked, [
    [1, 2],
    [1, 3],
  ]);
  assert.deepEqual([desk.status.phase, desk.status.attempts, desk.status.culprits], ['Succeeded', 2, undefined]);
});

test('when the parties differ and nobody is to blame, others are tried', async () => {
  const desk = new Desk();
  desk.fails(new ContextMismatch('the parties do not agree on message'));
  await desk.runFor(SECOND);
  assert.deepEqual(desk.asked.slice(0, 2), [
    [1, 2],
    [1, 3],
  ]);
  assert.equal(desk.status.culprits, undefined);
});

test('who cheats is named in status and event, and never asked again', async () => {
  const desk = new Desk();
  desk.fails(misbehaviourOf(2));
  await desk.runFor(20 * SECOND);
  assert.deepEqual(desk.asked[0], [1, 2]);
  assert.ok(desk.asked.length > 3 && desk.asked.slice(1).every(signers => signers.join() === '1,3'));
  assert.deepEqual(desk.status.culprits, [{ party: 2, reason: 'signature share: party 2 broke the protocol' }]);
  const events = desk.api.writes.map(({ body }) => JSON.parse(body?.text ?? '{}')).filter(o => o.kind === 'Event');
  assert.deepEqual([events[0].type, events[0].reason, events[0].regarding.name], ['Warning', 'Misbehaviour', 'r']);
});

test('whom another party has named is asked only if nobody else is left, and stays named', async () => {
  const desk = new Desk();
  desk.otherWrites({ phase: 'Signing', attempts: 4, culprits: [{ party: 2, reason: 'equivocation' }] });
  desk.session = async () => ({ ...signature, signers: [1, 3] });
  await desk.reconcile();
  assert.deepEqual(desk.asked, [[1, 3]]);
  assert.deepEqual([desk.status.attempts, desk.status.culprits], [4, [{ party: 2, reason: 'equivocation' }]]);

  const alone = new Desk();
  alone.present = new Set([1, 2]);
  alone.otherWrites({ phase: 'Signing', culprits: [{ party: 2, reason: 'slander' }] });
  await alone.reconcile();
  assert.deepEqual(alone.asked, [[1, 2]]);
});

test('a party whose own share is broken leads no more', async () => {
  const desk = new Desk();
  desk.fails(misbehaviourOf(1));
  await desk.runFor(20 * SECOND);
  assert.equal(desk.asked.length, 1);
});

test('a party that is not able to take part leads nothing and says nothing', async () => {
  const desk = new Desk();
  desk.able = false;
  await desk.runFor(5 * SECOND);
  assert.deepEqual([desk.asked, desk.api.writes], [[], []]);
});

test('too few parties are waited for, and it is said once', async () => {
  const desk = new Desk();
  desk.present = new Set([1]);
  await desk.runFor(5 * SECOND);
  assert.deepEqual([desk.status.phase, desk.status.reason], ['Pending', 'QuorumUnavailable']);
  assert.equal(desk.api.writes.length, 1);
  desk.present = new Set([1, 2]);
  await desk.runFor(SECOND);
  assert.equal(desk.status.phase, 'Succeeded');
});

test('a request whose time is over fails, with what went wrong last', async () => {
  const desk = new Desk([2, 1, 3]);
  const since = desk.clock.date().getTime();
  desk.otherWrites({ phase: 'Signing', message: 'session 2 failed: hello' });
  desk.decision = { kind: 'fail', reason: 'DeadlineExceeded', message: 'too late', parties: [1, 2, 3], since };
  assert.equal(await desk.reconcile(), 3 * SECOND);
  await desk.clock.advance(3 * SECOND);
  assert.equal(await desk.reconcile(), undefined);
  const { phase, reason, message, completionTime } = desk.status;
  assert.deepEqual([phase, reason, message], ['Failed', 'DeadlineExceeded', 'too late; last: session 2 failed: hello']);
  assert.ok(completionTime);
  assert.deepEqual(desk.observed, ['failed']);
});

test('a signature that was made before is published, even after the deadline, and no session is led', async () => {
  const desk = new Desk();
  desk.recorded = signature;
  const since = desk.clock.date().getTime();
  desk.decision = { kind: 'fail', reason: 'DeadlineExceeded', message: 'too late', parties: [1, 2, 3], since };
  await desk.reconcile();
  assert.deepEqual([desk.status.phase, desk.status.attempts, desk.asked], ['Succeeded', 1, []]);
});

test('a signature that was made before and is asked for again is published at once', async () => {
  const desk = new Desk([2, 1, 3]);
  desk.recorded = signature;
  assert.equal(await desk.reconcile(), 3 * SECOND);
  desk.states.askedAgain('r');
  await desk.reconcile();
  assert.equal(desk.status.phase, 'Succeeded');
});

test('a signature that cannot be published is not lost, and its session not called a failure', async () => {
  const desk = new Desk();
  desk.api.intercept = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  await assert.rejects(desk.reconcile(), /ECONNREFUSED/);
  desk.api.intercept = () => undefined;
  assert.equal(desk.request?.status, undefined);
  desk.recorded = signature;
  await desk.reconcile();
  assert.deepEqual([desk.status.phase, desk.asked.length, desk.observed], ['Succeeded', 1, ['signed']]);
});

test('of two leaders the second finds the answer of the first, and leaves and counts nothing', async () => {
  const desk = new Desk();
  desk.session = async () => {
    desk.otherWrites({ phase: 'Succeeded', signature: 'ef'.repeat(64) });
    desk.api.intercept = ({ method }) => (method === 'PATCH' ? failure(422, 'Invalid', 'status') : undefined);
    return signature;
  };
  assert.equal(await desk.reconcile(), undefined);
  assert.equal(desk.status.signature, 'ef'.repeat(64));
  assert.deepEqual(desk.observed, []);
});

test('nothing is remembered of an earlier request of the same name', async () => {
  const desk = new Desk();
  desk.fails(misbehaviourOf(2));
  await desk.reconcile();
  desk.put(uidFor([1, 2, 3]));
  desk.session = async () => signature;
  await desk.reconcile();
  assert.deepEqual(desk.asked, [
    [1, 2],
    [1, 2],
  ]);
  assert.deepEqual([desk.status.attempts, desk.status.culprits], [1, undefined]);
  await settle();
});
