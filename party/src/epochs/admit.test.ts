import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { admit, EventRefused } from './admit.ts';
import { apply, type EpochEvent } from './events.ts';
import type { EpochState } from './key-state.ts';
import { certificateOf, type Proposal } from './proposal.ts';
import { at, KEY, Node, proposal, SPEC, settle, withKey } from './testing/nodes.ts';
import { atMostOneKeyOfTwo } from './testing/two-keygens.ts';

const SIGNATURE = 'ab'.repeat(64);
const OTHER = 'ff'.repeat(16);
const acknowledged = (p: Proposal, name = SPEC.name): EpochEvent => ({
  type: 'EpochAcknowledged',
  spec: { ...SPEC, name },
  proposal: p,
  triggers: [p.trigger],
  signature: SIGNATURE,
});
const activated = (p: Proposal): EpochEvent => ({
  type: 'EpochActivated',
  certificate: certificateOf(p, new Map(SPEC.parties.map(id => [id, SIGNATURE]))),
  signature: SIGNATURE,
});
const other = (number: number): Proposal => ({ ...proposal(number, 0), keyId: OTHER });
const after = (...events: readonly EpochEvent[]) =>
  events.reduce<ReadonlyMap<string, EpochState>>((keys, e) => apply(1, keys, e), new Map());
const refused = (before: readonly EpochEvent[], e: EpochEvent, why: RegExp) =>
  assert.throws(() => admit(1, after(...before), e), { name: 'EventRefused', message: why });

const [first, second] = [acknowledged(proposal(1, 0)), acknowledged(other(2))];

test('R1: a key is not acknowledged beside an active key of its name', () => {
  const active = [first, activated(proposal(1, 0))];
  refused(active, second, /named k, is active: a name stands for one key/);
  admit(1, after(first), second);
  admit(1, after(...active), acknowledged(other(2), 'another'));
});

test('R1: a key is not activated once a later attempt at a key of its name is acknowledged', () => {
  refused([first, second], activated(proposal(1, 0)), /is given up: a later attempt/);
  admit(1, after(first, second), activated(other(2)));
});

test('attempts at one name are acknowledged only upwards, or two of them could give each other up', () => {
  for (const number of [1, 2]) refused([acknowledged(proposal(2, 0))], acknowledged(other(number)), /is not above 2/);
});

test('a trigger that was carried out while its second attempt ran makes no second epoch', () => {
  const node = withKey()[0] ?? assert.fail();
  assert.throws(() => node.acknowledge({ ...proposal(3, 1), trigger: 'keygen@' }), EventRefused);
  const again = { ...proposal(3, 1), trigger: 'annotation@2' };
  const nodes = withKey();
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  settle(nodes);
  assert.throws(() => at(nodes, 1).acknowledge(again), /annotation@2 of attempt 3 was carried out meanwhile/);
});

test('a party does not go back to an earlier epoch', () => {
  const to = (epoch: number): EpochEvent[] => [acknowledged(proposal(epoch, 0)), activated(proposal(epoch, 0))];
  const [a1, s1] = to(1);
  const [a2, s2] = to(2);
  assert.ok(a1 && s1 && a2 && s2);
  refused([a1, a2, s2], s1, /epoch 1 of key .* is not above 2/);
});

test('what an older version has recorded against the rules is still read', () => {
  const log = [first, second, activated(proposal(1, 0)), activated(other(2))];
  assert.deepEqual([...after(...log).keys()], [KEY, OTHER]);
  const node = new Node(1);
  node.log.push(...log);
  node.crash();
  assert.equal(node.key.active, 1);
});

test('R1: of two keygens of one name at most one becomes a key, whatever comes between decision and record', () => {
  fc.assert(atMostOneKeyOfTwo, { numRuns: 300 });
});
