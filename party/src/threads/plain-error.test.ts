import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ContextMismatch, Misbehaviour, Timeout } from '../protocol/session/errors.ts';
import { fromPlain, toPlain } from './plain-error.ts';

const across = (error: unknown): Error => fromPlain(structuredClone(toPlain(error)));

test('a failure of a session is of the same kind on the other side of a thread', () => {
  const timeout = across(new Timeout('round', [2, 3], 'gone'));
  assert.ok(timeout instanceof Timeout);
  assert.deepEqual([timeout.missing, timeout.message], [[2, 3], new Timeout('round', [2, 3], 'gone').message]);
  assert.ok(across(new ContextMismatch('differs')) instanceof ContextMismatch);
  const message = { from: 2, signed: Uint8Array.of(1), signature: Uint8Array.of(2), payload: Uint8Array.of(3) };
  const found = across(new Misbehaviour('aff-g', [2], [{ check: 'aff-g', messages: [message] }]));
  assert.ok(found instanceof Misbehaviour);
  assert.deepEqual([found.check, found.culprits, found.evidence[0]?.messages], ['aff-g', [2], [message]]);
});

test('a deadline that passes is known by its name, and what is no error becomes one', () => {
  const { name } = across(AbortSignal.timeout(0).reason ?? new DOMException('late', 'TimeoutError'));
  assert.equal(name, 'TimeoutError');
  assert.equal(across('just words').message, 'just words');
});
