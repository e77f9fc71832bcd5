import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeySpec } from '@mpc-operator/crds/control';
import { schemes } from '../protocol/signing/scheme.ts';
import { PartyCluster, until } from '../testing/party-cluster.ts';
import { makeCheat } from './testing/cheat.ts';
import { uidFor } from './testing/uids.ts';
import { rewriting, unwatched } from './testing/views.ts';

const PARTIES = [1, 2, 3];
const key = (name: string, threshold = 2): KeySpec => ({
  name,
  curve: 'secp256k1',
  purpose: 'taproot',
  threshold,
  parties: PARTIES,
});
const message = Buffer.alloc(32, 7);
const swapped = Buffer.alloc(32, 8);

/** The parties that have reported misbehaviour in an event about this request. */
const accusersOf = (cluster: PartyCluster, request: string): string[] =>
  cluster.api.writes
    .map(({ body }) => JSON.parse(body?.text ?? '{}'))
    .filter(e => e.kind === 'Event' && e.type === 'Warning' && e.reason === 'Misbehaviour')
    .filter(e => e.regarding?.name === request)
    .map(e => e.reportingInstance);

test('parties answer requests', { concurrency: true }, async t => {
  const cluster = new PartyCluster(t);
  cluster.start(1);
  cluster.start(2);
  // party 3 is shown another message in one request, and not shown another request at all
  const lied = rewriting(cluster.api, text =>
    text.includes('"name":"swapped"') ? text.replaceAll(message.toString('base64'), swapped.toString('base64')) : text,
  );
  cluster.start(3, { api: unwatched(lied, 'unseen') });
  await cluster.ready(PARTIES);
  const { publicKey = '' } = await cluster.makeKey(key('k'));
  await cluster.makeKey(key('all', 3));
  const cheated = await cluster.makeKey(key('cheated'));
  makeCheat(t, 2, cheated.keyId ?? assert.fail());

  const tests = [
    t.test(
      'the one whose turn it is leads, and says who signed, in how many attempts and how long it took',
      async () => {
        cluster.putSignRequest('plain', 'k', message, { uid: uidFor([2, 3, 1]) });
        const status = await cluster.answer('plain');
        assert.equal(status.phase, 'Succeeded', status.message);
        assert.ok(schemes.taproot.verify(fromHex(publicKey), message, fromHex(status.signature)));
        assert.equal(status.publicKey, publicKey);
        assert.ok(status.signers?.length === 2 && status.signers.includes(status.leader ?? 0));
        assert.ok((status.attempts ?? 0) >= 1 && (status.durationMilliseconds ?? 0) > 0 && status.startTime);
        assert.deepEqual([status.epoch, status.reason], [1, 'Signed']);
        assert.equal(status.culprits, undefined);
      },
    ),

    t.test('the empty message is signed like any other', async () => {
      cluster.putSignRequest('empty', 'k', new Uint8Array());
      const status = await cluster.answer('empty');
      assert.equal(status.phase, 'Succeeded', status.message);
      assert.ok(schemes.taproot.verify(fromHex(publicKey), new Uint8Array(), fromHex(status.signature)));
    }),

    t.test('a signer whose watch has not shown it the request asks for it', async () => {
      cluster.putSignRequest('unseen', 'all', message);
      const status = await cluster.answer('unseen');
      assert.deepEqual([status.phase, status.signers], ['Succeeded', PARTIES], status.message);
    }),

    t.test('a signer that reads another message in the request does not sign, and nobody is blamed', async () => {
      cluster.putSignRequest('swapped', 'all', message);
      const status = await until(() => {
        const { status } = cluster.request('swapped') ?? {};
        return status?.reason === 'ContextMismatch' ? status : undefined;
      });
      assert.match(status.message ?? '', /the parties do not agree on message/);
      assert.deepEqual([status.signature, status.culprits], [undefined, undefined]);
    }),

    t.test('a signer that cheats is named, and others sign', async () => {
      cluster.putSignRequest('cheated-by-signer', 'cheated', message, { uid: uidFor([1, 2, 3]) });
      const status = await cluster.answer('cheated-by-signer');
      assert.deepEqual([status.phase, status.signers], ['Succeeded', [1, 3]], status.message);
      assert.deepEqual(status.culprits, [{ party: 2, reason: 'signature share: party 2 broke the protocol' }]);
      await until(() => accusersOf(cluster, 'cheated-by-signer').includes('c-party-1') || undefined);
    }),

    t.test('a leader that cheats is named by the one it has invited, which then leads', async () => {
      cluster.putSignRequest('cheated-by-leader', 'cheated', message, { uid: uidFor([2, 1, 3]) });
      const status = await cluster.answer('cheated-by-leader');
      assert.deepEqual([status.phase, status.signers], ['Succeeded', [1, 3]], status.message);
      assert.deepEqual(
        status.culprits?.map(({ party }) => party),
        [2],
      );
      await until(() => accusersOf(cluster, 'cheated-by-leader').includes('c-party-1') || undefined);
    }),

    t.test('a request that is deleted and made again under its name is another one', async () => {
      cluster.putSignRequest('again', 'k', message);
      const first = await cluster.answer('again');
      cluster.removeSignRequest('again');
      cluster.putSignRequest('again', 'k', swapped);
      const second = await cluster.answer('again');
      assert.equal(second.phase, 'Succeeded', second.message);
      assert.notEqual(second.signature, first.signature);
      assert.ok(schemes.taproot.verify(fromHex(publicKey), swapped, fromHex(second.signature)));
    }),

    t.test(
      'a key whose object is missing, or another cluster’s, signs nothing, and does so once it is there',
      async () => {
        await cluster.makeShares(key('moved'));
        cluster.putSignRequest('orphan', 'moved', message);
        cluster.putKeyShareSet(key('moved'), 'another');
        cluster.putSignRequest('stranger', 'moved', message);
        cluster.putSignRequest('afterwards', 'k', message);
        await cluster.answer('afterwards');
        assert.deepEqual(
          [cluster.request('orphan')?.status, cluster.request('stranger')?.status],
          [undefined, undefined],
        );
        cluster.removeKeyShareSet('moved');
        cluster.putKeyShareSet(key('moved'));
        for (const name of ['orphan', 'stranger']) assert.equal((await cluster.answer(name)).phase, 'Succeeded');
      },
    ),

    t.test('a key signs on as it is held when its KeyShareSet asks for another threshold', async () => {
      await cluster.makeShares(key('edited'));
      cluster.putKeyShareSet(key('edited', 3));
      cluster.putSignRequest('held', 'edited', message);
      const status = await cluster.answer('held');
      assert.deepEqual([status.phase, status.signers?.length], ['Succeeded', 2], status.message);
    }),

    t.test('a request that nobody can answer says why, until its deadline', async () => {
      await cluster.makeShares(key('k2'));
      cluster.putKeyShareSet(key('k2'), undefined, { purpose: 'ecdsa' });
      cluster.putSignRequest('conflict', 'k2', message, { deadlineSeconds: 3 });
      const waiting = await until(() => cluster.request('conflict')?.status);
      assert.deepEqual([waiting.phase, waiting.reason], ['Pending', 'KeyConflict']);
      const status = await cluster.answer('conflict');
      assert.deepEqual([status.phase, status.reason, status.attempts], ['Failed', 'DeadlineExceeded', 0]);
      assert.match(status.message ?? '', /deadlineSeconds \(3\).*differs from the KeyShareSet in purpose/);
    }),
  ];
  await Promise.all(tests);
});

const fromHex = (text = ''): Buffer => Buffer.from(text, 'hex');
