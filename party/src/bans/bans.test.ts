import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { KeySpec } from '@mpc-operator/crds/control';
import { readEvidence } from '../protocol/evidence/format.ts';
import { verifyEvidence } from '../protocol/evidence/verify-evidence.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { testParameters } from '../protocol/signing/cggmp24/testing/parameters.ts';
import { uidFor } from '../requests/testing/uids.ts';
import { PartyCluster, until } from '../testing/party-cluster.ts';
import { testMachine } from '../threads/testing/machine.ts';

const PARTIES = [1, 2, 3];
const CHEAT = 2;
const HONEST = [1, 3];
const message = Buffer.from('a payment');
const key = (name: string, purpose: 'ecdsa' | 'taproot'): KeySpec => ({
  name,
  curve: 'secp256k1',
  purpose,
  threshold: 2,
  parties: PARTIES,
});

async function withCheat(t: TestContext): Promise<PartyCluster> {
  const cluster = await PartyCluster.of(t, PARTIES);
  await cluster.makeAuxiliary(PARTIES);
  for (const name of ['first', 'second']) await cluster.makeKey(key(name, 'ecdsa'));
  await cluster.makeKey(key('other', 'taproot'));
  await cluster.stop(CHEAT);
  const thread = new URL('../threads/testing/cheating-worker.ts', import.meta.url);
  cluster.start(CHEAT, { ecdsa: { ...testMachine(CHEAT), thread } });
  await cluster.ready([CHEAT]);
  return cluster;
}

async function bannedBy(cluster: PartyCluster, party: PartyId): Promise<readonly number[]> {
  const reply = await cluster.command(party, { verb: 'report' });
  return reply.result === 'report' ? (reply.report.banned ?? []).map(ban => ban.party) : [];
}

/** The evidence that a party has kept against others. */
const evidenceAt = (cluster: PartyCluster, party: PartyId): string[] => {
  const folder = join(dirname(cluster.paths.get(party) ?? ''), 'evidence');
  return readdirSync(folder).map(file => readFileSync(join(folder, file), 'utf8'));
};

async function lift(cluster: PartyCluster, party: PartyId): Promise<string> {
  const socketPath = `${cluster.paths.get(party)}.bans`;
  const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    request({ socketPath, method: 'DELETE', path: `/${CHEAT}` }, resolve)
      .once('error', reject)
      .end();
  });
  return await text(response);
}

test(
  'A5, A6: who cheats with one ecdsa key is named, shown to all, and excluded from all of them, ' + 'and only of them',
  async t => {
    const cluster = await withCheat(t);
    cluster.putSignRequest('cheated', 'first', message, { uid: uidFor([1, 2, 3]) });
    const status = await cluster.answer('cheated');
    assert.equal(status.phase, 'Succeeded', status.message);
    assert.deepEqual(status.signers, HONEST);
    assert.deepEqual(
      status.culprits?.map(({ party }) => party),
      [CHEAT],
    );

    for (const party of HONEST) {
      await until(async () => (await bannedBy(cluster, party)).includes(CHEAT) || undefined);
      const [evidence = assert.fail()] = evidenceAt(cluster, party);
      const read = readEvidence(evidence);
      assert.ok('evidence' in read);
      const levels = { 112: testParameters, 128: testParameters };
      const verdict = verifyEvidence(read.evidence, new Map(), levels);
      assert.ok(verdict.confirmed && verdict.culprit === CHEAT);
    }

    // the cheat is excluded even where it is its turn to lead
    cluster.putSignRequest('second', 'second', message, { uid: uidFor([2, 1, 3]) });
    const second = await cluster.answer('second');
    assert.deepEqual([second.phase, second.signers], ['Succeeded', HONEST]);
    cluster.putSignRequest('other', 'other', Buffer.alloc(32), { uid: uidFor([2, 1, 3]) });
    assert.ok((await cluster.answer('other')).signers?.includes(CHEAT));
  },
);

test('a ban outlives a restart, and goes when an administrator lifts it', async t => {
  const cluster = await withCheat(t);
  cluster.putSignRequest('cheated', 'first', message, { uid: uidFor([1, 2, 3]) });
  await cluster.answer('cheated');
  await until(async () => (await bannedBy(cluster, 3)).includes(CHEAT) || undefined);
  await cluster.stop(3);
  cluster.start(3);
  await cluster.ready([3]);
  assert.deepEqual(await bannedBy(cluster, 3), [CHEAT]);
  await lift(cluster, 3);
  assert.deepEqual(await bannedBy(cluster, 3), []);
});
