import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { ContextMismatch } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type Signer, verifySignature } from '../protocol/session/signer.ts';
import { makeSigner } from '../protocol/session/simulator.ts';
import { encodeUnambiguously } from '../protocol/session/transcript.ts';
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
    met: () => {},
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

test(
  'I3: a point outside the prime-order group is the identity of nobody, ' + 'even with a signature that verifies',
  async t => {
    const { BASE, Fn } = ed25519.Point;
    const mixed = BASE.multiply(7n).add(ed25519.Point.fromHex(ED25519_TORSION_SUBGROUP[4] ?? ''));
    assert.equal(mixed.isTorsionFree(), false);
    const identity = mixed.toBytes();
    const said = encodeUnambiguously(['mpc/v1/introduction', owner.namespace, owner.cluster, 2, identity]);
    // the signature R = r·B, s = r + h·7 verifies wherever h is a multiple of the order of the added torsion point
    const sign = (r: bigint): Uint8Array => {
      const nonce = BASE.multiply(r).toBytes();
      const h = Fn.create(bytesToNumberLE(sha512(concatBytes(nonce, identity, said))));
      const signature = concatBytes(nonce, numberToBytesLE(Fn.create(r + h * 7n), 32));
      return verifySignature(identity, said, signature) ? signature : sign(r + 1n);
    };
    const [hex, signature] = [identity, sign(1n)].map(bytes => Buffer.from(bytes).toString('hex'));
    const peers = await openPeers(await openStore(t));
    await peers.hear(2, Buffer.from(JSON.stringify({ identity: hex, signature, incarnation: 1, ready: true })));
    assert.throws(() => peers.members([2]), ContextMismatch);
  },
);
