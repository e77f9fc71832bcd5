import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Board, boardOf, knowsMore } from './board.ts';
import { acknowledgedBytes } from './proposal.ts';
import { at, KEY, Node, proposal, settle, signAs, withKey } from './testing/nodes.ts';

test('statements with a wrong signature, of strangers, or about other bytes are left out', () => {
  const nodes = withKey();
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  const mine = at(nodes, 1);
  const forged = (signature: string, party = 3): Board => ({
    keyId: KEY,
    attempts: [{ epoch: 2, acks: [{ party, signature }], activated: [] }],
    erased: [],
  });
  const wrong = [
    forged(signAs(2, acknowledgedBytes(proposal(2, 1)))),
    forged(signAs(3, acknowledgedBytes(proposal(2, 1, '22')))),
    forged(signAs(3, acknowledgedBytes({ ...proposal(2, 1), trigger: 'annotation@x' }))),
    forged(signAs(4, acknowledgedBytes(proposal(2, 1))), 4),
  ];
  for (const b of wrong) assert.equal(mine.receive(b).rejected, 1);
  assert.equal(mine.receive(forged(signAs(3, acknowledgedBytes(proposal(2, 1))))).rejected, 0);
});

test('a party whose store was set back learns it from a certificate with its own signature', () => {
  const nodes = withKey();
  const before = [...at(nodes, 1).log];
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  settle(nodes);
  const restored = new Node(1);
  for (const e of before) restored.record(e);
  assert.equal(restored.receive(boardOf(at(nodes, 2).key)).behind, true);
  assert.equal(at(nodes, 1).receive(boardOf(at(nodes, 2).key)).behind, false);
});

test('a board that shows nothing new needs no answer, one that lacks something does', () => {
  const nodes = withKey();
  const [a, b] = [boardOf(at(nodes, 1).key), boardOf(at(nodes, 2).key)];
  assert.equal(knowsMore(a, b), false);
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  assert.equal(knowsMore(boardOf(at(nodes, 1).key), b), true);
  assert.equal(knowsMore(b, boardOf(at(nodes, 1).key)), false);
});
