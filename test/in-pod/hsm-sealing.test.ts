/** A party's secrets with a real HSM and a real store: kept over restarts and faults, and gone for good when erased. */
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HsmClient } from '@mpc-operator/party/hsm/client';
import { type HsmConfig, HsmUnavailable } from '@mpc-operator/party/hsm/hsm';
import { Secret } from '@mpc-operator/party/protocol/secret';
import { SealingKeyMissing } from '@mpc-operator/party/sealing/generations';
import { loadIdentity } from '@mpc-operator/party/sealing/load-identity';
import { Sealing } from '@mpc-operator/party/sealing/sealing';
import type { PartyEvent } from '@mpc-operator/party/store/events';
import { associatedData, type SecretName } from '@mpc-operator/party/store/secret-name';
import { Store } from '@mpc-operator/party/store/store';
import { Sidecar } from './p11-kit.ts';
import { makeToken } from './softhsm.ts';

const owner = { namespace: 'ns', cluster: 'cluster', party: 1 };
const keyId = 'ab'.repeat(16);
const sharing = (epoch: number): SecretName => ({ kind: 'sharing', keyId, epoch });
const put = (name: SecretName, text: string) => ({ name, secret: new Secret<Uint8Array>(Buffer.from(text)) });
const erased = (): PartyEvent[] => [{ type: 'KeyDestroyed', keyId }];
const isFirst = (name: SecretName): boolean => name.kind === 'sharing' && name.epoch === 1;

async function text(sealing: Sealing, name: SecretName): Promise<string | undefined> {
  using secret = await sealing.read(name);
  return secret && Buffer.from(secret.expose()).toString();
}

async function connect(t: TestContext, config: HsmConfig): Promise<HsmClient> {
  const hsm = new HsmClient(config, { callDeadline: 3_000, firstPause: 10, longestPause: 100 });
  t.after(() => hsm.stop());
  await hsm.whenConnected();
  return hsm;
}

test('a copy of the store from before an erasure opens nothing any more', async t => {
  const token = makeToken(t);
  const hsm = await connect(t, token);
  const [path, copied] = [join(token.folder, 'store.db'), join(token.folder, 'copy.db')];

  const before = await Store.open({ path, owner });
  const sealing = await Sealing.open(hsm, before);
  const { publicKey } = await loadIdentity(sealing, before);
  await sealing.write([], { put: [put(sharing(1), 'old share'), put(sharing(2), 'new share')] });
  await before.close();
  copyFileSync(path, copied);

  const store = await Store.open({ path, owner });
  const now = await Sealing.open(hsm, store);
  await now.erase(isFirst, erased);
  assert.equal(await text(now, sharing(2)), 'new share');
  assert.deepEqual((await loadIdentity(now, store)).publicKey, publicKey);
  assert.deepEqual(await hsm.generations(), [2]);
  await store.close();

  const copy = await Store.open({ path: copied, owner });
  await assert.rejects(Sealing.open(hsm, copy), SealingKeyMissing);
  for (const name of [sharing(1), sharing(2)]) {
    const sealed = (await copy.sealed(name)) ?? assert.fail();
    await assert.rejects(hsm.open(sealed, associatedData(owner, name)), { name: 'HsmRefused', code: 'KeyMissing' });
  }
  await copy.close();
});

test('an erasure during which the HSM goes again and again loses nothing', async t => {
  const sidecar = new Sidecar(t);
  await sidecar.start();
  const hsm = await connect(t, sidecar.config);
  const store = await Store.open({ path: join(sidecar.folder, 'store.db'), owner });
  t.after(() => store.close());
  const sealing = await Sealing.open(hsm, store);
  const epochs = [1, 2, 3, 4, 5, 6, 7, 8];
  await sealing.write([], { put: epochs.map(epoch => put(sharing(epoch), `share ${epoch}`)) });

  let failures = 0;
  for (let after = 1; ; after += Math.max(3, after / 8)) {
    const kill = setTimeout(() => sidecar.killConnections(), after);
    const done = await sealing.erase(isFirst, erased).then(
      () => true,
      (error: unknown) => {
        assert.ok(error instanceof HsmUnavailable, String(error));
        return false;
      },
    );
    clearTimeout(kill);
    await hsm.whenConnected();
    if (done) break;
    failures += 1;
    for (const epoch of epochs.slice(1)) assert.equal(await text(sealing, sharing(epoch)), `share ${epoch}`);
  }
  assert.ok(failures > 0);
  // the last kill may have come after the last call, and show only in this one
  const generations = await hsm.generations().catch(async (error: unknown) => {
    assert.ok(error instanceof HsmUnavailable, String(error));
    await hsm.whenConnected();
    return await hsm.generations();
  });
  assert.equal(generations.length, 1);
  for (const epoch of epochs.slice(1)) assert.equal(await text(sealing, sharing(epoch)), `share ${epoch}`);
});
