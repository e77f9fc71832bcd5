import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { type Board, boardOf } from '../epochs/board.ts';
import { certificateOf } from '../epochs/proposal.ts';
import { at, exchange, KEY, type Node, proposal, signAs, withKey } from '../epochs/testing/nodes.ts';
import { Gossip } from './gossip.ts';

/** The gossip of a party that holds this many keys, and the warnings that it gave. */
function gossipOf(node: Node, keys = 1) {
  const log = new SilentLogger();
  const clock = new FakeClock();
  const keyring = {
    ids: () => Array.from({ length: keys }, (_, i) => `${i}`),
    board: () => boardOf(node.key),
    merge: (theirs: Board) => {
      read += 1;
      return node.receive(theirs).rejected;
    },
  };
  let read = 0;
  const gossip = new Gossip({
    keyring,
    log,
    clock,
    send: () => {},
    wanted: () => {},
    setBack: error => assert.fail(error),
  });
  const receive = (text: string, from = 3) => gossip.receive(from, Buffer.from(text));
  return { receive, clock, read: () => read, warnings: () => log.lines.map(({ message }) => message) };
}

test(
  'I7: a board that is too long, nested deeply or of another form is dropped, ' + 'and the one after it is taken over',
  () => {
    const nodes = withKey();
    for (const n of nodes) n.acknowledge(proposal(2, 1));
    const mine = at(nodes, 1);
    const { receive, warnings } = gossipOf(mine, 20);
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

/** All boards that a party shows on the way through the four steps of an epoch, one after each change. */
function boardsOfRefresh(): string[] {
  const nodes = withKey();
  const shown: string[] = [];
  const show = () => shown.push(JSON.stringify(boardOf(at(nodes, 3).key)));
  for (const n of nodes) n.acknowledge(proposal(2, 1));
  show();
  for (let round = 0; round < 6; round++) {
    for (const n of nodes) {
      while (n.step()) show();
      exchange([n, at(nodes, 3)]);
      show();
    }
  }
  return [...new Set(shown)];
}

test('after a restart of all parties in mid-epoch, every board of an honest peer is read, however many keys', () => {
  const boards = boardsOfRefresh();
  assert.ok(boards.length >= 6, `${boards.length}`);
  for (const keys of [1, 20, 100]) {
    const { receive, read, warnings } = gossipOf(at(withKey(), 1), keys);
    // a party shows the board of each key when it starts, at each change, and in answer to a peer that knows less
    for (let key = 0; key < keys; key++) for (const text of boards) for (let i = 0; i < 3; i++) receive(text);
    assert.equal(read(), 3 * keys * boards.length);
    assert.deepEqual(warnings(), []);
  }
});

test('what a peer sends beyond its limit is dropped unread, told of now and then, and harms no other', async () => {
  const node = at(withKey(), 1);
  const { receive, clock, read, warnings } = gossipOf(node);
  const mine = boardOf(node.key);
  const [attempt] = mine.attempts;
  const long = JSON.stringify({ ...mine, attempts: Array.from({ length: 64 }, () => attempt) });
  assert.ok(long.length > 80_000, `${long.length}`);
  const seconds = 300;
  for (let second = 0; second < seconds; second++) {
    for (let i = 0; i < 10; i++) receive(long);
    await clock.advance(1_000);
  }
  const bytes = read() * long.length;
  const told = warnings().filter(message => /dropped unread/.test(message)).length;
  assert.ok(bytes < 3_000_000 + seconds * 150_000, `${bytes} bytes were read`);
  assert.ok(told > 0 && told <= seconds / 60 + 1, `${told} lines of the log`);
  const before = read();
  receive(JSON.stringify(mine), 2);
  assert.equal(read(), before + 1, 'another peer');
  await clock.advance(60_000);
  receive(JSON.stringify(mine));
  assert.equal(read(), before + 2, 'the same peer, later');
});
