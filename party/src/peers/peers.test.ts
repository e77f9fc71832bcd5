import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import { ContextMismatch, type PartyId } from '../session/errors.ts';
import type { Signer } from '../session/signer.ts';
import { makeSigner } from '../session/simulator.ts';
import type { Store } from '../store/store.ts';
import { openStore, owner, temporaryPath } from '../store/testing/temporary-store.ts';
import { introduce } from './introduction.ts';
import { Peers } from './peers.ts';

const openPeers = (store: Store) =>
  Peers.open({
    store,
    identity: makeSigner().publicKey,
    incarnation: 1,
    log: new SilentLogger(),
    clock: new FakeClock(),
    superseded: () => assert.fail('superseded'),
  });

const wordOf = async (party: PartyId, signer: Signer): Promise<Uint8Array> => {
  const introduction = await introduce({ ...owner, party }, signer);
  return Buffer.from(JSON.stringify({ ...introduction, incarnation: 1, ready: true }));
};

test('T1: a party is pinned by its own signed word, and by no other in its name', async t => {
  const path = temporaryPath(t);
  const store = await openStore(t, path);
  const peers = await openPeers(store);
  const [two, three] = [makeSigner(), makeSigner()];
  await peers.hear(2, await wordOf(3, three));
  assert.throws(() => peers.members([2]), ContextMismatch);
  await peers.hear(2, await wordOf(2, two));
  await peers.hear(2, await wordOf(2, three));
  assert.deepEqual(peers.members([2])[0]?.identity, two.publicKey);
  assert.deepEqual(peers.impostors(), [2]);
  await store.close();
  const again = await openPeers(await openStore(t, path));
  await again.hear(2, await wordOf(2, three));
  assert.deepEqual(Buffer.from(again.members([2])[0]?.identity ?? []), Buffer.from(two.publicKey));
});

test('I3: a point of small order, under which anybody signs anything, is the identity of nobody', async t => {
  const peers = await openPeers(await openStore(t));
  // R = 0, s = 0: verifies under a key of small order wherever the challenge is a multiple of that order
  const signature = Buffer.concat([Buffer.of(1), Buffer.alloc(63)]).toString('hex');
  for (const identity of ED25519_TORSION_SUBGROUP) {
    const word = { identity, signature, incarnation: 1, ready: true };
    for (const from of [2, 3, 4, 5, 6, 7, 8, 9]) {
      await peers.hear(from, Buffer.from(JSON.stringify(word)));
      assert.throws(() => peers.members([from]), ContextMismatch);
    }
  }
});
