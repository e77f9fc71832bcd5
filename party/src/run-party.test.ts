import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Command, KeyReport, KeySpec } from '@mpc-operator/crds/control';
import { schemes } from './signing/scheme.ts';
import { PartyCluster, until } from './testing/party-cluster.ts';

const PARTIES = [1, 2, 3];
const SPEC: KeySpec = { name: 'k', curve: 'secp256k1', purpose: 'taproot', threshold: 2, parties: PARTIES };
const RUN = '00'.repeat(16);
const message = Buffer.alloc(32, 7);

async function all<T>(look: (party: number) => Promise<T | undefined>): Promise<T[]> {
  return await Promise.all(PARTIES.map(party => until(() => look(party))));
}

async function started(t: TestContext): Promise<PartyCluster> {
  const cluster = new PartyCluster(t);
  for (const party of PARTIES) cluster.start(party);
  await all(async party => (cluster.report(party)?.ready ? true : undefined));
  return cluster;
}

async function commandAll(cluster: PartyCluster, command: Command): Promise<void> {
  await all(async party => ((await cluster.command(party, command)).result === 'accepted' ? true : undefined));
}

const finalAt = (cluster: PartyCluster, epoch: number): Promise<KeyReport[]> =>
  all(async party => {
    const key = await cluster.key(party, 'k');
    return key && key.final >= epoch && key.erasedBelow >= epoch ? key : undefined;
  });

async function withKey(t: TestContext): Promise<{ cluster: PartyCluster; key: KeyReport }> {
  const cluster = await started(t);
  await commandAll(cluster, { verb: 'keygen', spec: SPEC, number: 1, run: RUN, triggers: [] });
  const [key = assert.fail()] = await finalAt(cluster, 1);
  cluster.putKeyShareSet(SPEC);
  return { cluster, key };
}

const signatureOf = (cluster: PartyCluster, name: string) =>
  until(() => {
    const { status } = cluster.request(name) ?? {};
    return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? status : undefined;
  });

test('three parties make a key, sign with it, refresh it, and sign again under the same public key', async t => {
  const { cluster, key } = await withKey(t);
  const verify = (signature = ''): boolean =>
    schemes.taproot.verify(Buffer.from(key.publicKey ?? '', 'hex'), message, Buffer.from(signature, 'hex'));

  cluster.putSignRequest('first', 'k', message);
  const first = await signatureOf(cluster, 'first');
  assert.equal(first.phase, 'Succeeded', first.message);
  assert.ok(verify(first.signature));
  assert.deepEqual([first.epoch, first.attempts, first.signers?.length], [1, 1, 2]);

  const keyId = key.keyId ?? assert.fail();
  await commandAll(cluster, { verb: 'refresh', keyId, number: 2, run: RUN, trigger: 'annotation@a' });
  for (const refreshed of await finalAt(cluster, 2)) {
    assert.equal(refreshed.publicKey, key.publicKey);
    assert.notDeepEqual(refreshed.certificate?.commitments, key.certificate?.commitments);
    assert.deepEqual(refreshed.triggers.at(-1), { source: 'annotation', value: 'a', epoch: 2 });
  }
  for (const hsm of cluster.hsms.values()) assert.deepEqual([...hsm.keys.keys()], [2]);

  cluster.putSignRequest('second', 'k', message);
  const second = await signatureOf(cluster, 'second');
  assert.ok(verify(second.signature));
  assert.equal(second.epoch, 2);

  const again = await cluster.command(1, { verb: 'refresh', keyId, number: 3, run: RUN, trigger: 'annotation@a' });
  assert.ok(again.result === 'refused' && again.reason === 'TriggerDone');
});
