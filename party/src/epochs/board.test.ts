import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Board, boardOf, knowsMore } from './board.ts';
import { acknowledgedBytes, certificateOf } from './proposal.ts';
import { at, KEY, keyOf, Node, proposal, settle, signAs, withKey } from './testing/nodes.ts';

test('T1: statements with a wrong signature, of strangers, or about other bytes are left out', () => {
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
  const theirs = boardOf(at(nodes, 2).key);
  at(nodes, 1).receive(theirs);
  assert.equal(knowsMore(boardOf(at(nodes, 1).key), theirs), true);
  assert.equal(knowsMore(theirs, boardOf(at(nodes, 1).key)), false);
});

test(
  'a board about attempts that the other has not acknowledged needs no answer, ' +
    'or they would answer each other for ever',
  () => {
    const nodes = withKey();
    const [a, b] = [at(nodes, 1), at(nodes, 2)];
    a.acknowledge(proposal(2, 1));
    b.acknowledge(proposal(3, 1));
    assert.equal(knowsMore(boardOf(a.key), boardOf(b.key)), false);
    assert.equal(knowsMore(boardOf(b.key), boardOf(a.key)), false);
  },
);

test('a party that has lost its memory is shown the certificate of what it lacks', () => {
  const nodes = withKey();
  const before = boardOf(at(nodes, 1).key);
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  settle(nodes);
  assert.equal(knowsMore(boardOf(at(nodes, 2).key), before), true);
});

test(
  'T1: a certificate in which another signed in the name of this party ' +
    'does not make it believe that its store was set back',
  () => {
    const nodes = withKey();
    const p = proposal(9, 1);
    const identity = keyOf(3).identity;
    const identities = p.identities.map(({ party }) => ({ party, identity }));
    const signature = signAs(3, acknowledgedBytes({ ...p, identities }));
    const acks = new Map(identities.map(({ party }) => [party, signature] as const));
    const certificate = certificateOf({ ...p, identities }, acks);
    const forged: Board = { keyId: KEY, attempts: [{ epoch: 9, acks: [], certificate, activated: [] }], erased: [] };
    assert.equal(at(nodes, 1).receive(forged).behind, false);
  },
);
