import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { KeySpec } from '@mpc-operator/crds/control';
import { HsmUnavailable } from '../hsm/hsm.ts';
import { PartyCluster, until } from '../testing/party-cluster.ts';
import { uidFor } from './testing/uids.ts';
import { holding } from './testing/views.ts';

const PARTIES = [1, 2, 3];
const SPEC: KeySpec = { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: PARTIES };
const message = Buffer.from('a message');

async function withKey(t: TestContext): Promise<PartyCluster> {
  const cluster = await PartyCluster.of(t, PARTIES);
  await cluster.makeKey(SPEC);
  return cluster;
}

/** The error of an API server that is cut off. Like every network error, it has a code. */
const unreachable = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

const isStatusWrite = ({ method, path }: { method: string; path: string }): boolean =>
  method === 'PATCH' && path.includes('/status');

/** The signers in the status that a party writes, once it has a signature. */
const signersIn = ({ body }: { body?: { text: string } }): readonly number[] | undefined =>
  JSON.parse(body?.text ?? '{}').status?.signers;

test('requests are answered although something is away', { concurrency: true }, async t => {
  const tests = [
    t.test('a signer that is cut off after it was counted present is replaced', async t => {
      const cluster = await withKey(t);
      cluster.wire.passes = (from, to) => from !== 2 && to !== 2;
      cluster.putSignRequest('r', 'k', message, { uid: uidFor([1, 2, 3]) });
      const status = await cluster.answer('r');
      assert.deepEqual([status.phase, status.signers], ['Succeeded', [1, 3]], status.message);
      assert.ok((status.attempts ?? 0) > 1);
      assert.equal(status.culprits, undefined);
    }),

    t.test('a leader that dies is followed by the next', async t => {
      const cluster = await withKey(t);
      // the last message of party 1 said that it is present
      cluster.wire.passes = from => from !== 1;
      cluster.putSignRequest('r', 'k', message, { uid: uidFor([1, 2, 3]) });
      await cluster.stop(1);
      const status = await cluster.answer('r');
      assert.deepEqual([status.phase, status.signers], ['Succeeded', [2, 3]], status.message);
    }),

    t.test('a party whose HSM is away neither leads nor is waited for', async t => {
      const cluster = await withKey(t);
      const hsm = cluster.hsms.get(1) ?? assert.fail();
      hsm.before = () => {
        throw new HsmUnavailable('the HSM is not connected: CKR_DEVICE_ERROR');
      };
      // party 1 is invited, for no other party knows of the failure yet, and declines
      cluster.putSignRequest('before', 'k', message, { uid: uidFor([2, 1, 3]) });
      const before = await cluster.answer('before');
      assert.deepEqual([before.phase, before.signers], ['Succeeded', [2, 3]], before.message);
      await until(() => cluster.report(1)?.ready === false || undefined);
      cluster.putSignRequest('after', 'k', message, { uid: uidFor([1, 2, 3]) });
      const after = await cluster.answer('after');
      assert.deepEqual([after.phase, after.signers], ['Succeeded', [2, 3]], after.message);
      hsm.before = () => {};
      await until(() => cluster.report(1)?.ready || undefined);
      cluster.putSignRequest('again', 'k', message, { uid: uidFor([1, 2, 3]) });
      assert.equal((await cluster.answer('again')).phase, 'Succeeded');
    }),

    t.test('a signature that was recorded is published after a restart, and not made again', async t => {
      const cluster = await withKey(t);
      cluster.meddle = request => (isStatusWrite(request) ? unreachable() : undefined);
      cluster.putSignRequest('r', 'k', message, { uid: uidFor([1, 2, 3]) });
      const signers = await until(() => cluster.api.writes.filter(isStatusWrite).map(signersIn).find(Boolean));
      await cluster.stopAll();
      cluster.meddle = () => undefined;
      // alone, this party could not make a signature
      cluster.start(signers[1] ?? assert.fail());
      const status = await cluster.answer('r');
      assert.deepEqual([status.phase, status.signers], ['Succeeded', signers], status.message);
    }),

    t.test('of two that publish the same request one is heard, and its status stays', async t => {
      const cluster = new PartyCluster(t);
      const gate = Promise.withResolvers<void>();
      cluster.start(1, { api: holding(cluster.api, gate.promise) });
      for (const party of [2, 3]) cluster.start(party);
      await cluster.ready(PARTIES);
      await cluster.makeKey(SPEC);
      cluster.putSignRequest('r', 'k', message, { uid: uidFor([1, 2, 3]) });
      const status = await cluster.answer('r');
      assert.deepEqual([status.phase, status.signers], ['Succeeded', [1, 2]], status.message);
      const late = () => cluster.api.writes.some(w => isStatusWrite(w) && w.path.includes('mpc-party-1'));
      assert.equal(late(), false);
      gate.resolve();
      await until(() => late() || undefined);
      await cluster.stop(1);
      assert.deepEqual(cluster.request('r')?.status, status);
    }),

    t.test('an API server that comes back gets the answers of what it has, and of what came meanwhile', async t => {
      const cluster = await withKey(t);
      cluster.meddle = unreachable;
      cluster.api.endWatches();
      cluster.putSignRequest('meanwhile', 'k', message);
      await until(() =>
        cluster.log.lines.filter(l => l.message === 'the watch failed').length >= 6 ? true : undefined,
      );
      for (const party of PARTIES) assert.equal(cluster.report(party)?.ready, true);
      cluster.meddle = () => undefined;
      assert.equal((await cluster.answer('meanwhile')).phase, 'Succeeded');
    }),
  ];
  await Promise.all(tests);
});
