import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areOldSharesErased } from '@mpc-operator/crds/old-shares-erased';
import { isSettled, type KeyState } from './key-state.ts';
import { erasedBytes } from './statements.ts';
import { at, exchange, KEY, proposal, settle, signAs, withKey } from './testing/nodes.ts';

const oldSharesErased = ({ spec, erased, final }: KeyState): boolean =>
  areOldSharesErased(
    spec,
    [...erased.values()].map(({ below }) => below),
    final,
  );

test('a key is final once all parties have acknowledged and activated it', () => {
  for (const { key } of withKey()) {
    assert.deepEqual([key.active, key.final, key.erasedBelow], [1, 1, 1]);
    assert.ok(isSettled(key));
    assert.deepEqual([...key.carriedOut], [['keygen', { value: '', epoch: 1 }]]);
  }
});

test('a refresh goes through prepare, certify, activate and erase to one higher epoch', () => {
  const nodes = withKey();
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  assert.deepEqual(
    nodes.map(n => n.key.active),
    [1, 1, 1],
  );
  settle(nodes);
  for (const { key } of nodes) {
    assert.deepEqual([key.active, key.final, key.erasedBelow], [2, 2, 2]);
    assert.ok(oldSharesErased(key));
    assert.deepEqual(key.carriedOut.get('annotation'), { value: '2', epoch: 2 });
  }
});

test('R1, R2: a party acknowledges one transcript per number, and only upwards', () => {
  const [node] = withKey();
  node?.acknowledge(proposal(3, 1));
  for (const number of [1, 2, 3]) assert.throws(() => node?.acknowledge(proposal(number, 1, '22')), /is not above 3/);
});

test('old shares count as erased at n - t + 1 confirmations, not before', () => {
  const nodes = withKey();
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  for (let round = 0; round < 3; round++) {
    for (const n of nodes) while (n.step() && n.key.final < 2);
    exchange(nodes);
  }
  const observer = at(nodes, 3);
  assert.equal(observer.key.final, 2);
  const confirm = (id: number) => {
    const signature = signAs(id, erasedBytes(KEY, 2));
    observer.receive({ keyId: KEY, attempts: [], erased: [{ party: id, below: 2, signature }] });
  };
  assert.equal(oldSharesErased(observer.key), false);
  confirm(1);
  assert.equal(oldSharesErased(observer.key), false);
  confirm(2);
  assert.equal(oldSharesErased(observer.key), true);
});
