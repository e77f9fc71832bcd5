import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pooled } from '../presignatures/pool.ts';
import { PresignatureGone } from '../presignatures/presignature-gone.ts';
import { Timeout } from '../protocol/session/errors.ts';
import { Desk, SECOND, signature } from './testing/desk.ts';

const ecdsaDesk = (signers = [1, 3]) => {
  const desk = new Desk();
  if (desk.decision.kind !== 'sign') return assert.fail();
  const { key } = desk.decision;
  desk.decision = { ...desk.decision, key: { ...key, spec: { ...key.spec, curve: 'secp256k1', purpose: 'ecdsa' } } };
  // the choice of a presignature needs no other field
  desk.presigned = { id: 'p', signers, owner: 1 } as unknown as Pooled;
  return desk;
};

test('a request for an ecdsa key is signed from a presignature, if one is there', async () => {
  const desk = ecdsaDesk();
  await desk.reconcile();
  assert.deepEqual(desk.asked, [[1, 3]]);
  assert.equal(desk.status.phase, 'Succeeded');
});

test(
  'a request for an ecdsa key is not signed from one whose signer did not answer: another one, ' +
    'or no presignature, is taken',
  async () => {
    const desk = ecdsaDesk();
    desk.fails(new Timeout('seed', [3]));
    await desk.runFor(SECOND);
    assert.deepEqual(desk.asked.slice(0, 2), [
      [1, 3],
      [1, 2],
    ]);
    const again = ecdsaDesk();
    again.fails(new Timeout('seed', [3]));
    await again.reconcile();
    again.presigned = { ...(again.presigned ?? assert.fail()), signers: [1, 2] };
    again.session = async () => signature;
    await again.runFor(SECOND);
    assert.deepEqual(again.asked, [
      [1, 3],
      [1, 2],
    ]);
  },
);

test(
  'a request for an ecdsa key is signed interactively when some signer does not have its part of the ' +
    'presignature any more',
  async () => {
    const desk = ecdsaDesk();
    desk.fails(new PresignatureGone('no such presignature here'));
    await desk.reconcile();
    desk.session = async () => signature;
    await desk.runFor(SECOND);
    assert.deepEqual(desk.asked, [
      [1, 3],
      [1, 2],
    ]);
    assert.equal(desk.status.phase, 'Succeeded');
  },
);

test('a request for an ecdsa key waits until there is auxiliary information, and says so', async () => {
  const desk = ecdsaDesk();
  desk.generation = 0;
  await desk.reconcile();
  assert.deepEqual([desk.asked, desk.status.reason], [[], 'WaitingForAuxiliary']);
  desk.generation = 1;
  await desk.reconcile();
  assert.equal(desk.status.phase, 'Succeeded');
});
