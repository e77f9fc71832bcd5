import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command, KeySpec, Reply } from '@mpc-operator/crds/control';
import { PartyCluster, until } from '../testing/party-cluster.ts';

const SPEC: KeySpec = { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2] };
const keygen = (spec: Partial<KeySpec> = {}, triggers: string[] = []): Command => ({
  verb: 'keygen',
  spec: { ...SPEC, ...spec },
  number: 1,
  run: '00'.repeat(16),
  triggers,
});

const reasonOf = (reply: Reply): string => (reply.result === 'refused' ? reply.reason : reply.result);

test('I7: a command that is too long, nested deeply or none is refused unread', async t => {
  const cluster = new PartyCluster(t);
  cluster.start(1);
  await until(() => cluster.report(1));
  const answer = cluster.wire.nodes.get(1)?.answer ?? assert.fail();
  const report = JSON.stringify({ verb: 'report' });
  for (const text of [report.padEnd(100_000), '['.repeat(60_000), '', 'null', '{"verb":"sign"}']) {
    const reply = JSON.parse(Buffer.from(await answer(Buffer.from(text))).toString());
    assert.deepEqual([reply.result, reply.reason], ['refused', 'Malformed'], text.slice(0, 20));
  }
});

test(
  'I2: a key is made by parties from 1 upwards, ascending, each once, ' +
    'this one among them, at least as many as sign',
  async t => {
    const cluster = new PartyCluster(t);
    cluster.start(1);
    await until(() => cluster.report(1));
    const order = Number(2n ** 31n);
    for (const parties of [
      [0, 1],
      [1, 1],
      [2, 1],
      [1, 1, 2],
      [1, 65],
      [1, order],
      [2, 3],
      [-1, 1],
      [1, 1.5],
    ]) {
      const reply = await cluster.command(1, keygen({ parties }));
      assert.ok(reply.result === 'refused' && reply.reason === 'Malformed', parties.join());
    }
    for (const threshold of [0, 1, 3]) {
      const reply = await cluster.command(1, keygen({ threshold }));
      assert.ok(reply.result === 'refused' && reply.reason === 'Malformed', `${threshold}`);
    }
  },
);

test('T7: a command that arrives three times is carried out once', async t => {
  const cluster = new PartyCluster(t);
  for (const party of SPEC.parties) cluster.start(party);
  const replies = new Map(SPEC.parties.map(party => [party, [] as string[]]));
  await Promise.all(
    SPEC.parties.map(async party => {
      await until(() => (cluster.report(party)?.ready ? true : undefined));
      await until(async () => ((await cluster.command(party, keygen())).result === 'accepted' ? true : undefined));
      for (let i = 0; i < 2; i++) replies.get(party)?.push(reasonOf(await cluster.command(party, keygen())));
    }),
  );
  for (const reasons of replies.values()) assert.deepEqual(reasons, ['Busy', 'Busy']);
  for (const party of SPEC.parties) {
    await until(async () => ((await cluster.key(party, 'k'))?.final === 1 ? true : undefined));
    const [key, ...more] = await cluster.keys(party);
    assert.deepEqual(more, []);
    assert.equal(reasonOf(await cluster.command(party, keygen())), 'KeyExists');
    // the keygen has used the number of this refresh before
    const keyId = key?.keyId ?? assert.fail();
    const refresh: Command = { verb: 'refresh', keyId, number: 1, run: '00'.repeat(16), trigger: 'annotation@a' };
    assert.equal(reasonOf(await cluster.command(party, refresh)), 'NumberTooLow');
  }
});

test('a share is destroyed only when its owner deletes the key for good, whoever else says so', async t => {
  const cluster = await PartyCluster.of(t, SPEC.parties);
  const { keyId = '' } = await cluster.makeKey(SPEC);
  const destroy = async () => reasonOf(await cluster.command(1, { verb: 'destroy', keyId }));
  assert.equal(await destroy(), 'NotDeleted');
  cluster.putKeyShareSet({ ...SPEC, threshold: 3 });
  cluster.deleteKeyShareSet(SPEC.name);
  assert.equal(await destroy(), 'NotDeleted', 'another key of the name');
  cluster.putKeyShareSet(SPEC);
  cluster.deleteKeyShareSet(SPEC.name);
  await until(async () => ((await destroy()) === 'accepted' ? true : undefined));
  assert.deepEqual(await cluster.keys(1), []);
});

test('a slot that has not come, or a trigger that no report can say, is refused', async t => {
  const cluster = await PartyCluster.of(t, SPEC.parties);
  const { keyId = '' } = await cluster.makeKey(SPEC);
  const reply = (trigger: string) =>
    cluster.command(1, { verb: 'refresh', keyId, number: 2, run: '00'.repeat(16), trigger });
  const refused = async (trigger: string): Promise<string> => {
    const answer = await reply(trigger);
    return answer.result === 'refused' ? `${answer.reason} ${answer.message}` : answer.result;
  };
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z/, 'Z');
  assert.match(await refused(`policy/p@${inDays(2)}`), /^Malformed .*the slot has not come, this party's clock says/);
  assert.match(await refused(`policies@${inDays(0)}`), /^Malformed .*its source is not policies/);
  assert.match(await refused(`policy/${'p'.repeat(129)}@x`), /^Malformed .*at most 128/);
  assert.match(await refused(`annotation@${'v'.repeat(129)}`), /^Malformed .*at most 128/);
  const other = keygen({ name: 'other' }, [`policy/p@${inDays(2)}`]);
  assert.equal(reasonOf(await cluster.command(1, other)), 'Malformed');
  assert.equal(await refused(`policy/p@${inDays(0)}`), 'accepted');
});
