import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeySpec } from '@mpc-operator/crds/control';
import { schemes } from './signing/scheme.ts';
import { PartyCluster } from './testing/party-cluster.ts';

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
