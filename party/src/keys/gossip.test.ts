import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { type Board, boardOf } from '../epochs/board.ts';
import { certificateOf } from '../epochs/proposal.ts';
import { at, KEY, type Node, proposal, signAs, withKey } from '../epochs/testing/nodes.ts';
import { Gossip } from './gossip.ts';

/** The gossip of a party, and the warnings that it gave. */
function gossipOf(node: Node) {
  const log = new SilentLogger();
  const keyring = {
    board: () => boardOf(node.key),
    merge: (theirs: Board) => node.receive(theirs).rejected,
  };
  const gossip = new Gossip({ keyring, log, send: () => {}, wanted: () => {}, setBack: error => assert.fail(error) });
  const receive = (text: string) => gossip.receive(3, Buffer.from(text));
  return { receive, warnings: () => log.lines.map(({ message }) => message) };
}

test(
  'I7: a board that is too long, nested deeply or of another form is dropped, ' + 'and the one after it is taken over',
  () => {
    const nodes = withKey();
    for (const n of nodes) n.acknowledge(proposal(2, 1));
    const mine = at(nodes, 1);
    const { receive, warnings } = gossipOf(mine);
    const good = JSON.stringify(boardOf(at(nodes, 3).key));
    const hostile = [
      good.padEnd(1_000_000),
      '['.repeat(800_000),
      `{"keyId":${'{"a":'.repeat(100_000)}`,
      '',
      'null',
      `{"keyId":"${KEY}"}`,
      good.replace('"epoch":2', '"epoch":2e9999'),
      good.replace('"party":3', '"party":65'),
    ];
    for (const text of hostile) receive(text);
    assert.equal(warnings().filter(message => /malformed/.test(message)).length, hostile.length);
    assert.equal(mine.key.attempts.get(2)?.acks.size, 1);
    receive(good);
    assert.equal(mine.key.attempts.get(2)?.acks.size, 2);
  },
);

test('I7: a board with words that cannot be hashed is dropped, not an error where it arrives', () => {
  const nodes = withKey();
  const p = { ...proposal(9, 1), trigger: '\ud800' };
  const acks = new Map(p.identities.map(({ party }) => [party, signAs(3, Buffer.from('anything'))] as const));
  const hostile = {
    keyId: KEY,
    attempts: [{ epoch: 9, acks: [], certificate: certificateOf(p, acks), activated: [] }],
    erased: [],
  };
  const { receive, warnings } = gossipOf(at(nodes, 1));
  receive(JSON.stringify(hostile));
  assert.deepEqual(warnings(), ['a malformed board was dropped']);
});
