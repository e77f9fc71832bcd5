import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeHsm } from '../hsm/testing/fake-hsm.ts';
import { Identity } from '../protocol/identity/identity.ts';
import { openStore } from '../store/testing/temporary-store.ts';
import { loadIdentity } from './load-identity.ts';
import { Sealing } from './sealing.ts';

test('a party has the identity that it made at its first start', async t => {
  const hsm = new FakeHsm();
  const store = await openStore(t);
  const first = await loadIdentity(await Sealing.open(hsm, store), store);
  const second = await loadIdentity(await Sealing.open(hsm, store), store);
  assert.deepEqual(second.publicKey, first.publicKey);
});

test('a party whose identity is gone, or is another one, does not make a new one', async t => {
  const store = await openStore(t);
  const sealing = await Sealing.open(new FakeHsm(), store);
  const identity = await loadIdentity(sealing, store);
  await store.append([], { remove: [{ kind: 'identity' }] });
  await assert.rejects(loadIdentity(sealing, store), /not the one in its log/);
  await sealing.write([], { put: [{ name: { kind: 'identity' }, secret: Identity.create().seed() }] });
  await assert.rejects(loadIdentity(sealing, store), /not the one in its log/);
  await sealing.write([], { put: [{ name: { kind: 'identity' }, secret: identity.seed() }] });
  assert.deepEqual((await loadIdentity(sealing, store)).publicKey, identity.publicKey);
});
