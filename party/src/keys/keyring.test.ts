import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { EpochEvent } from '../epochs/events.ts';
import { certificateOf, type Proposal } from '../epochs/proposal.ts';
import { HsmUnavailable } from '../hsm/hsm.ts';
import { FakeHsm } from '../hsm/testing/fake-hsm.ts';
import { curves } from '../protocol/curve/curve.ts';
import { Secret } from '../protocol/secret.ts';
import { Sealing } from '../sealing/sealing.ts';
import { KeyNotHeld } from '../store/projections.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../store/testing/temporary-store.ts';
import { Keyring } from './keyring.ts';

const KEY = '0a'.repeat(16);
const SIGNATURE = 'ab'.repeat(64);
const { scalar, multiplyBase, encodePoint, encodeScalar } = curves.ed25519;
const point = (n: bigint): string => Buffer.from(encodePoint(multiplyBase(scalar(n)))).toString('hex');

/** Party 1's share in an epoch is 7 + epoch. */
const proposal = (epoch: number): Proposal => ({
  keyId: KEY,
  curve: 'ed25519',
  purpose: 'eddsa',
  threshold: 2,
  publicKey: point(7n),
  epoch,
  base: epoch - 1,
  trigger: 'keygen@',
  commitments: [point(7n), point(BigInt(epoch))],
  chainCodeHash: 'cc'.repeat(32),
  transcript: 'dd'.repeat(32),
  approvers: [],
  admins: [],
  identities: [1, 2].map(party => ({ party, identity: `0${party}`.repeat(32) })),
});
const words = [1, 2].map(party => ({ party, signature: SIGNATURE }));

const acknowledged = (epoch: number): EpochEvent => ({
  type: 'EpochAcknowledged',
  spec: { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2] },
  proposal: proposal(epoch),
  triggers: [],
  signature: SIGNATURE,
});
const activated = (epoch: number): EpochEvent => {
  const acks = new Map(words.map(({ party, signature }) => [party, signature]));
  return { type: 'EpochActivated', certificate: certificateOf(proposal(epoch), acks), signature: SIGNATURE };
};
const final = (epoch: number): EpochEvent => ({ type: 'EpochFinal', keyId: KEY, epoch, activated: words });

const put = (epoch: number) => ({
  name: { kind: 'sharing', keyId: KEY, epoch } as const,
  secret: new Secret(encodeScalar(scalar(BigInt(7 + epoch)))),
});

const openKeyring = (store: Store, sealing: Sealing): Promise<Keyring> =>
  Keyring.open({ me: 1, store, sealing, verify: () => true });

async function withKey(t: TestContext) {
  const hsm = new FakeHsm();
  const store = await openStore(t);
  const sealing = await Sealing.open(hsm, store);
  const keyring = await openKeyring(store, sealing);
  await keyring.record([acknowledged(1)], { put: [put(1)] });
  await keyring.record([activated(1)]);
  await keyring.record([final(1)]);
  return { hsm, store, sealing, keyring };
}

async function refreshed(keyring: Keyring): Promise<void> {
  await keyring.record([acknowledged(2)], { put: [put(2)] });
  await keyring.record([activated(2)]);
  await keyring.record([final(2)]);
}

test('the first epoch of a key erases nothing, and costs the HSM nothing', async t => {
  const { hsm, keyring } = await withKey(t);
  await keyring.erase(KEY, 1, SIGNATURE);
  assert.equal(keyring.byId(KEY)?.state.erasedBelow, 1);
  assert.deepEqual(await hsm.generations(), [1]);
});

test(
  'a party says that old shares are erased only when the key that sealed them is destroyed, ' +
    'however often that fails',
  async t => {
    const { hsm, store, keyring } = await withKey(t);
    await refreshed(keyring);
    hsm.before = operation => {
      if (operation === 'create') throw new HsmUnavailable('gone');
    };
    for (let i = 0; i < 2; i++) await assert.rejects(keyring.erase(KEY, 2, SIGNATURE), HsmUnavailable);
    assert.equal(keyring.byId(KEY)?.state.erasedBelow, 0);
    assert.deepEqual(
      (await store.sealedNames()).map(({ name }) => name),
      [put(2).name],
    );
    hsm.before = () => {};
    await keyring.erase(KEY, 2, SIGNATURE);
    assert.equal(keyring.byId(KEY)?.state.erasedBelow, 2);
    assert.deepEqual(await hsm.generations(), [2]);
    using share = (await keyring.share(KEY, 2)).secret;
    assert.equal(share.expose(), 9n);
  },
);

test('a refresh that ends while its key is destroyed does not bring it back', async t => {
  for (const destroyFirst of [true, false]) {
    const { store, sealing, keyring } = await withKey(t);
    const refresh = () => keyring.record([acknowledged(2)], { put: [put(2)] });
    const [first, second] = destroyFirst ? [keyring.destroy(KEY), refresh()] : [refresh(), keyring.destroy(KEY)];
    const outcomes = await Promise.allSettled([first, second]);
    assert.equal(outcomes[0]?.status, 'fulfilled');
    assert.equal(outcomes[1]?.status, destroyFirst ? 'rejected' : 'fulfilled');
    await assert.rejects(keyring.record([acknowledged(3)], { put: [put(3)] }), KeyNotHeld);
    assert.equal(keyring.byId(KEY), undefined);
    assert.deepEqual(await store.sealedNames(), []);
    assert.deepEqual((await openKeyring(store, sealing)).all(), []);
  }
});

test('whatever is recorded while a key is destroyed, the log can be read again', async t => {
  const { store, sealing, keyring } = await withKey(t);
  await refreshed(keyring);
  const destroying = keyring.destroy(KEY);
  const outcomes = await Promise.allSettled([
    keyring.erase(KEY, 2, SIGNATURE),
    keyring.record([acknowledged(3)], { put: [put(3)] }),
    keyring.record([activated(2)]),
    keyring.record([final(2)]),
    destroying.catch(() => {}),
  ]);
  assert.ok(outcomes.slice(0, -1).some(({ status }) => status === 'rejected'));
  // two erasures that share a move share its failure: each is tried again
  await keyring.destroy(KEY);
  assert.deepEqual((await openKeyring(store, sealing)).all(), []);
  assert.deepEqual(await store.sealedNames(), []);
});
