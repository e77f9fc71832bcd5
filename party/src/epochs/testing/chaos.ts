/** Everything that may happen to the parties of a key between two epochs, in any order. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { boardOf } from '../board.ts';
import { assertAnyQuorumSigns, at, type Node, proposal, settle, withKey } from './nodes.ts';

type Action =
  | { kind: 'prepare'; absent: number | null }
  | { kind: 'gossip'; from: number; to: number }
  | { kind: 'step' | 'crash'; party: number };

function act(nodes: readonly Node[], a: Action, number: number): void {
  switch (a.kind) {
    case 'prepare':
      for (const n of nodes.filter(m => m.id !== a.absent)) n.acknowledge(proposal(number, n.key.active));
      return;
    case 'gossip':
      at(nodes, a.to).receive(boardOf(at(nodes, a.from).key));
      return;
    case 'step':
      at(nodes, a.party).step();
      return;
    case 'crash':
      at(nodes, a.party).crash();
  }
}

const party = fc.integer({ min: 1, max: 3 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('prepare' as const), absent: fc.option(party, { freq: 1 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('gossip' as const), from: party, to: party }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('step' as const), party }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash' as const), party }) },
);
/**
 * The property of row R1 of the attack list: in any order, boards are exchanged or not, parties take their steps or
 * crash, and attempts begin that one party misses. Any quorum signs at every moment, and all end in one epoch.
 */
export const anyQuorumSignsAndAllEndInOneEpoch = fc.property(
  fc.array(action, { minLength: 20, maxLength: 60 }),
  actions => {
    const nodes = withKey();
    for (const [i, a] of actions.entries()) {
      act(nodes, a, i + 2);
      assertAnyQuorumSigns(nodes);
    }
    settle(nodes);
    assert.equal(new Set(nodes.map(n => `${n.key.active} ${n.key.final} ${n.key.erasedBelow}`)).size, 1);
    for (const { key } of nodes) assert.equal(key.active, key.final);
  },
);
