import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeySpec } from '@mpc-operator/crds/control';
import { HsmUnavailable } from './hsm/hsm.ts';
import { FakeHsm } from './hsm/testing/fake-hsm.ts';
import { schemes } from './protocol/signing/scheme.ts';
import { PartyCluster, until } from './testing/party-cluster.ts';

const PARTIES = [1, 2, 3];
const SPEC: KeySpec = { name: 'k', curve: 'secp256k1', purpose: 'taproot', threshold: 2, parties: PARTIES };
const RUN = '00'.repeat(16);
const message = Buffer.alloc(32, 7);

test('three parties make a key, sign with it, refresh it, and sign again under the same public key', async t => {
  const cluster = await PartyCluster.of(t, PARTIES);
  const key = await cluster.makeKey(SPEC);
  const verify = (signature = ''): boolean =>
    schemes.taproot.verify(Buffer.from(key.publicKey ?? '', 'hex'), message, Buffer.from(signature, 'hex'));

  cluster.putSignRequest('first', 'k', message);
  const first = await cluster.answer('first');
  assert.equal(first.phase, 'Succeeded', first.message);
  assert.ok(verify(first.signature));
  assert.deepEqual([first.epoch, first.attempts, first.signers?.length], [1, 1, 2]);

  const keyId = key.keyId ?? assert.fail();
  await cluster.commandAll(PARTIES, { verb: 'refresh', keyId, number: 2, run: RUN, trigger: 'annotation@a' });
  for (const refreshed of await cluster.final(SPEC, 2)) {
    assert.equal(refreshed.publicKey, key.publicKey);
    assert.notDeepEqual(refreshed.certificate?.commitments, key.certificate?.commitments);
    assert.deepEqual(refreshed.triggers.at(-1), { source: 'annotation', value: 'a', epoch: 2 });
  }
  for (const hsm of cluster.hsms.values()) assert.deepEqual([...hsm.keys.keys()], [2]);

  cluster.putSignRequest('second', 'k', message);
  const second = await cluster.answer('second');
  assert.ok(verify(second.signature));
  assert.equal(second.epoch, 2);

  const again = await cluster.command(1, { verb: 'refresh', keyId, number: 3, run: RUN, trigger: 'annotation@a' });
  assert.ok(again.result === 'refused' && again.reason === 'TriggerDone');
});

test('a party that is told to stop while it waits for its HSM ends in peace', async t => {
  const cluster = new PartyCluster(t);
  const hsm = new FakeHsm();
  hsm.before = () => {
    throw new HsmUnavailable('the HSM is not connected: not connected yet');
  };
  cluster.start(1, { hsm: Object.assign(hsm, { stop: async () => {} }) });
  await until(() => cluster.log.lines.some(({ message }) => message === 'waiting for the HSM') || undefined);
  await cluster.stop(1);
});

test('a key that was destroyed after a refresh failed is made again from the first number', async t => {
  const cluster = await PartyCluster.of(t, PARTIES);
  const { keyId = '' } = await cluster.makeKey(SPEC);
  // the parties name different triggers, so the refresh fails
  for (const party of PARTIES)
    await cluster.command(party, { verb: 'refresh', keyId, number: 7, run: RUN, trigger: `annotation@${party}` });
  const failed = async (party: number) => (await cluster.key(party, 'k'))?.attempt?.phase === 'Failed' || undefined;
  for (const party of PARTIES) await until(() => failed(party));
  await cluster.destroyKey(PARTIES, 'k', keyId);
  for (const party of PARTIES) assert.deepEqual(await cluster.keys(party), []);
  const again = await cluster.makeKey(SPEC);
  assert.notEqual(again.keyId, keyId);
});
