/** Row R1 of the attack list: a party that holds back its statements, or makes other ones, splits no key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { boardOf } from './board.ts';
import { anyQuorumSignsAndAllEndInOneEpoch } from './testing/chaos.ts';
import { assertAnyQuorumSigns, at, proposal, settle, withKey } from './testing/nodes.ts';

test('R1: nobody erases anything while one acknowledgement is held back', () => {
  const nodes = withKey();
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  settle(nodes.slice(0, 2)); // party 3 shows its board to nobody
  for (const n of nodes.slice(0, 2)) {
    assert.deepEqual([n.key.active, n.key.final], [1, 1]);
    assert.ok(n.holds(1) && n.holds(2));
  }
});

test('R1: an acknowledgement shown to one party only activates there, and erases nothing', () => {
  const nodes = withKey();
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  at(nodes, 1).receive(boardOf(at(nodes, 3).key));
  settle(nodes.filter(n => n.id === 1));
  at(nodes, 1).receive(boardOf(at(nodes, 2).key));
  while (at(nodes, 1).step());
  assert.equal(at(nodes, 1).key.active, 2);
  assert.equal(at(nodes, 1).key.erasedBelow, 1);
  assertAnyQuorumSigns(nodes);
  settle(nodes);
  assert.deepEqual(
    nodes.map(n => n.key.final),
    [2, 2, 2],
  );
});

test('R1: an acknowledgement held back and shown after a higher epoch is final changes nothing', () => {
  const nodes = withKey();
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  const heldBack = boardOf(at(nodes, 3).key);
  for (const n of nodes) n.acknowledge(proposal(3, 1));
  settle(nodes, b => ({ ...b, attempts: b.attempts.filter(a => a.epoch !== 2) }));
  for (const n of nodes) n.receive(heldBack);
  settle(nodes);
  assert.deepEqual(
    nodes.map(n => [n.key.active, n.key.final, n.holds(2)]),
    Array(3).fill([3, 3, false]),
  );
});

test(
  'R1: an acknowledgement held back and shown while a higher attempt is under way ' +
    'ends in the highest certified epoch',
  () => {
    const nodes = withKey();
    for (const n of nodes) n.acknowledge(proposal(2, 1));
    for (const n of nodes.slice(0, 2)) n.acknowledge(proposal(3, 1));
    settle(nodes); // now epoch 2 is certified everywhere; epoch 3 lacks the acknowledgement of party 3
    assert.deepEqual(
      nodes.map(n => [n.key.active, n.key.final]),
      Array(3).fill([2, 2]),
    );
    for (const n of nodes.slice(0, 2)) assert.ok(n.holds(3));
    at(nodes, 3).acknowledge(proposal(3, 1));
    settle(nodes);
    assert.deepEqual(
      nodes.map(n => [n.key.active, n.key.final]),
      Array(3).fill([3, 3]),
    );
  },
);

test(
  'R1: whatever is lost, repeated, reordered or crashes, ' +
    'any quorum signs at every moment and all end in one epoch',
  () => {
    fc.assert(anyQuorumSignsAndAllEndInOneEpoch, { numRuns: 100 });
  },
);
