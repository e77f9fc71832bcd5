import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import type { KeySpec } from '@mpc-operator/crds/control';
import fc from 'fast-check';
import { type Board, boardOf, knowsMore, merge } from './board.ts';
import { apply, type EpochEvent } from './events.ts';
import { isSettled, type KeyState, nextStep, oldSharesErased } from './key-state.ts';
import { acknowledgedBytes, certificateOf, type Proposal } from './proposal.ts';
import { activatedBytes, erasedBytes } from './statements.ts';

const KEY = '00'.repeat(16);
const SPEC: KeySpec = { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2, 3] };

const keys = new Map<number, { identity: string; privateKey: KeyObject }>(
  [1, 2, 3, 4].map(id => {
    const pair = generateKeyPairSync('ed25519');
    return [
      id,
      { identity: pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'), ...pair },
    ];
  }),
);
const keyOf = (id: number) => keys.get(id) ?? assert.fail();
const signAs = (id: number, bytes: Uint8Array): string => sign(null, bytes, keyOf(id).privateKey).toString('hex');

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
function verifies(identity: string, bytes: Uint8Array, signature: string): boolean {
  if (identity === '') return false;
  const key = { key: Buffer.concat([SPKI, Buffer.from(identity, 'hex')]), format: 'der', type: 'spki' } as const;
  return verify(null, bytes, key, Buffer.from(signature, 'hex'));
}

function proposal(epoch: number, base: number, transcript = '11'): Proposal {
  return {
    keyId: KEY,
    curve: 'ed25519',
    purpose: 'eddsa',
    threshold: 2,
    publicKey: 'aa'.repeat(32),
    epoch,
    base,
    trigger: base === 0 ? 'keygen@' : `annotation@${epoch}`,
    commitments: ['aa'.repeat(32), 'bb'.repeat(32)],
    chainCodeHash: 'cc'.repeat(32),
    transcript: transcript.repeat(32),
    approvers: [],
    admins: [],
    identities: SPEC.parties.map(party => ({ party, identity: keyOf(party).identity })),
  };
}

/** One party: a log that survives a crash, and a state that is rebuilt from it. */
class Node {
  readonly id: number;
  readonly log: EpochEvent[] = [];
  keys: ReadonlyMap<string, KeyState> = new Map();

  constructor(id: number) {
    this.id = id;
  }

  get key(): KeyState {
    return this.keys.get(KEY) ?? assert.fail(`party ${this.id} has no key`);
  }

  record(e: EpochEvent): void {
    this.keys = apply(this.id, this.keys, e);
    this.log.push(e);
  }

  crash(): void {
    this.keys = this.log.reduce(
      (state, e) => apply(this.id, state, e),
      new Map<string, KeyState>() as typeof this.keys,
    );
  }

  acknowledge(p: Proposal): void {
    const signature = signAs(this.id, acknowledgedBytes(p));
    this.record({ type: 'EpochAcknowledged', spec: SPEC, proposal: p, triggers: [p.trigger], signature });
  }

  receive(b: Board): ReturnType<typeof merge> {
    const merged = merge(this.key, b, verifies);
    this.keys = new Map([[KEY, merged.key]]);
    return merged;
  }

  /** Does what follows, one step; false: nothing to do. */
  step(): boolean {
    const next = nextStep(this.key);
    if (next?.kind === 'activate') {
      const attempt = this.key.attempts.get(next.epoch) ?? assert.fail();
      const signature = signAs(this.id, activatedBytes(KEY, next.epoch));
      this.record({ type: 'EpochActivated', certificate: certificateOf(attempt.proposal, attempt.acks), signature });
    }
    if (next?.kind === 'finalise') {
      const activated = [...(this.key.attempts.get(next.epoch)?.activated ?? [])].map(([party, signature]) => ({
        party,
        signature,
      }));
      this.record({ type: 'EpochFinal', keyId: KEY, epoch: next.epoch, activated });
    }
    if (next?.kind === 'erase') {
      const signature = signAs(this.id, erasedBytes(KEY, next.below));
      this.record({ type: 'SharesErased', keyId: KEY, below: next.below, generation: 1, signature });
    }
    return next !== undefined;
  }

  /** Whether this party can still sign with the shares of an epoch. */
  holds(epoch: number): boolean {
    return this.key.attempts.has(epoch) && epoch >= this.key.erasedBelow;
  }
}

const at = (nodes: readonly Node[], id: number): Node => nodes.find(n => n.id === id) ?? assert.fail();

/** Each shows its board, as `shown` lets it through, to all others. */
function exchange(nodes: readonly Node[], shown: (b: Board) => Board = b => b): void {
  for (const from of nodes) {
    for (const to of nodes.filter(n => n !== from)) to.receive(shown(boardOf(from.key)));
  }
}

function settle(nodes: readonly Node[], shown?: (b: Board) => Board): void {
  for (let round = 0; round < 6; round++) {
    for (const n of nodes) while (n.step());
    exchange(nodes, shown);
  }
}

function withKey(): Node[] {
  const nodes = SPEC.parties.map(id => new Node(id));
  for (const n of nodes) n.acknowledge(proposal(1, 0));
  settle(nodes);
  return nodes;
}

/** Any `threshold` parties that meet can sign, whoever leads: with the epoch active at the leader, which all of them hold. */
function assertAnyQuorumSigns(nodes: readonly Node[]): void {
  for (const leader of nodes) {
    for (const other of nodes) {
      const epoch = leader.key.active;
      assert.ok(
        epoch > 0 && other.holds(epoch),
        `party ${other.id} does not hold epoch ${epoch} of leader ${leader.id}`,
      );
    }
  }
}

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

test('a party acknowledges one transcript per number, and only upwards', () => {
  const [node] = withKey();
  node?.acknowledge(proposal(3, 1));
  for (const number of [1, 2, 3]) assert.throws(() => node?.acknowledge(proposal(number, 1, '22')), /is not above 3/);
});

test('R1: nobody erases anything while one acknowledgement is held back', () => {
  const nodes = withKey();
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  settle(nodes.slice(0, 2)); // party 3 tells nobody
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

test('R1: an acknowledgement held back and shown while a higher attempt is under way ends in the highest certified epoch', () => {
  const nodes = withKey();
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  for (const n of nodes.slice(0, 2)) n.acknowledge(proposal(3, 1));
  settle(nodes); // now 2 is certified everywhere, 3 lacks party 3
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
});

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

test('a certificate that somebody else has signed in a party’s name does not make it doubt its store', () => {
  const nodes = withKey();
  const { identities, ...content } = proposal(2, 1);
  const forged = { ...content, identities: identities.map(({ party }) => ({ party, identity: keyOf(4).identity })) };
  const signature = signAs(4, acknowledgedBytes(forged));
  const certificate = certificateOf(forged, new Map(identities.map(({ party }) => [party, signature])));
  const board: Board = { keyId: KEY, attempts: [{ epoch: 2, acks: [], certificate, activated: [] }], erased: [] };
  assert.equal(at(nodes, 1).receive(board).behind, false);
});

test('a board that shows nothing new needs no answer, one that lacks something does', () => {
  const nodes = withKey();
  const [a, b] = [boardOf(at(nodes, 1).key), boardOf(at(nodes, 2).key)];
  assert.equal(knowsMore(a, b), false);
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  assert.equal(knowsMore(boardOf(at(nodes, 1).key), b), true);
  assert.equal(knowsMore(b, boardOf(at(nodes, 1).key)), false);
});

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

test('R1: whatever is lost, repeated, reordered or crashes, any quorum signs at every moment and all end in one epoch', () => {
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
  const property = fc.property(fc.array(action, { minLength: 20, maxLength: 60 }), actions => {
    const nodes = withKey();
    for (const [i, a] of actions.entries()) {
      act(nodes, a, i + 2);
      assertAnyQuorumSigns(nodes);
    }
    settle(nodes);
    assert.equal(new Set(nodes.map(n => `${n.key.active} ${n.key.final} ${n.key.erasedBelow}`)).size, 1);
    for (const { key } of nodes) assert.equal(key.active, key.final);
  });
  fc.assert(property, { numRuns: 300 });
});
