/**
 * Parties of one key that exchange boards, without a network, a store or a session: for tests of the four steps of an
 * epoch.
 */
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { KeySpec } from '@mpc-operator/crds/control';
import { admit } from '../admit.ts';
import { type Board, boardOf, merge } from '../board.ts';
import { apply, type EpochEvent } from '../events.ts';
import { type EpochState, isKey, type KeyState, nextStep } from '../key-state.ts';
import { acknowledgedBytes, certificateOf, type Proposal } from '../proposal.ts';
import { activatedBytes, erasedBytes } from '../statements.ts';

export const KEY = '00'.repeat(16);
export const SPEC: KeySpec = { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2, 3] };

const keys = new Map<number, { identity: string; privateKey: KeyObject }>(
  [1, 2, 3, 4].map(id => {
    const pair = generateKeyPairSync('ed25519');
    return [
      id,
      { identity: pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex'), ...pair },
    ];
  }),
);
export const keyOf = (id: number) => keys.get(id) ?? assert.fail();
export const signAs = (id: number, bytes: Uint8Array): string =>
  sign(null, bytes, keyOf(id).privateKey).toString('hex');

const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
export function verifies(identity: string, bytes: Uint8Array, signature: string): boolean {
  if (identity === '') return false;
  const key = { key: Buffer.concat([SPKI, Buffer.from(identity, 'hex')]), format: 'der', type: 'spki' } as const;
  return verify(null, bytes, key, Buffer.from(signature, 'hex'));
}

export function proposal(epoch: number, base: number, transcript = '11'): Proposal {
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
export class Node {
  readonly id: number;
  readonly log: EpochEvent[] = [];
  keys: ReadonlyMap<string, EpochState> = new Map();

  constructor(id: number) {
    this.id = id;
  }

  get key(): KeyState {
    const state = this.keys.get(KEY);
    return state && isKey(state) ? state : assert.fail(`party ${this.id} has no key`);
  }

  record(e: EpochEvent): void {
    this.keys = admit(this.id, this.keys, e);
    this.log.push(e);
  }

  crash(): void {
    this.keys = this.log.reduce(
      (state, e) => apply(this.id, state, e),
      new Map<string, EpochState>() as typeof this.keys,
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

  /** Takes the next step; returns false if there is none. */
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

export const at = (nodes: readonly Node[], id: number): Node => nodes.find(n => n.id === id) ?? assert.fail();

/** Every node shows its board, as `shown` lets it through, to all others. */
export function exchange(nodes: readonly Node[], shown: (b: Board) => Board = b => b): void {
  for (const from of nodes) {
    for (const to of nodes.filter(n => n !== from)) to.receive(shown(boardOf(from.key)));
  }
}

export function settle(nodes: readonly Node[], shown?: (b: Board) => Board): void {
  for (let round = 0; round < 6; round++) {
    for (const n of nodes) while (n.step());
    exchange(nodes, shown);
  }
}

export function withKey(): Node[] {
  const nodes = SPEC.parties.map(id => new Node(id));
  for (const n of nodes) n.acknowledge(proposal(1, 0));
  settle(nodes);
  return nodes;
}

/**
 * Any `threshold` parties that meet can sign, whoever leads: they use the epoch that is active at the leader, which all
 * of them hold.
 */
export function assertAnyQuorumSigns(nodes: readonly Node[]): void {
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
