import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HsmRefused, HsmUnavailable } from '../hsm/hsm.ts';
import { FakeHsm } from '../hsm/testing/fake-hsm.ts';
import { Secret } from '../protocol/secret.ts';
import type { PartyEvent } from '../store/events.ts';
import { associatedData, type SecretName } from '../store/secret-name.ts';
import { eventsOf, openStore, owner, temporaryPath } from '../store/testing/temporary-store.ts';
import { SealingKeyMissing } from './generations.ts';
import { Sealing } from './sealing.ts';

const keyId = 'ab'.repeat(16);
const identity: SecretName = { kind: 'identity' };
const sharing = (epoch: number): SecretName => ({ kind: 'sharing', keyId, epoch });
const put = (name: SecretName, text: string) => ({ name, secret: new Secret<Uint8Array>(Buffer.from(text)) });
const erased = (): PartyEvent[] => [{ type: 'KeyDestroyed', keyId }];
const only =
  (name: SecretName) =>
  (other: SecretName): boolean =>
    JSON.stringify(other) === JSON.stringify(name);
const nothing = (): boolean => false;

async function text(sealing: Sealing, name: SecretName): Promise<string | undefined> {
  const secret = await sealing.read(name);
  return secret && Buffer.from(secret.expose()).toString();
}

test('secrets are written with their events, read, replaced and removed', async t => {
  const store = await openStore(t);
  const sealing = await Sealing.open(new FakeHsm(), store);
  await sealing.write([{ type: 'Started', incarnation: 1 }], { put: [put(identity, 'me'), put(sharing(1), 'one')] });
  assert.equal(await text(sealing, identity), 'me');
  await sealing.write([], { put: [put(identity, 'me again')], remove: [sharing(1)] });
  assert.equal(await text(sealing, identity), 'me again');
  assert.equal(await text(sealing, sharing(1)), undefined);
  assert.equal(sealing.generation, 1);
  assert.deepEqual(
    (await eventsOf(store)).map(({ type }) => type),
    ['SealingKeyChanged', 'SealingKeysDestroyed', 'Started'],
  );
});

test('a secret opens under its own name only', async t => {
  const hsm = new FakeHsm();
  const store = await openStore(t);
  const sealing = await Sealing.open(hsm, store);
  await sealing.write([], { put: [put(sharing(1), 'one')] });
  const blob = (await store.sealed(sharing(1))) ?? assert.fail();
  await store.append([], {
    put: [
      { name: sharing(2), sealed: blob },
      { name: identity, sealed: blob },
    ],
  });
  for (const name of [sharing(2), identity]) await assert.rejects(sealing.read(name), HsmRefused);
  for (const other of [
    { ...owner, party: 2 },
    { ...owner, cluster: 'd' },
    { ...owner, namespace: 'n', cluster: 'sc' },
  ]) {
    await assert.rejects(hsm.open(blob, associatedData(other, sharing(1))), HsmRefused);
  }
});

test('what was erased cannot be opened from any copy, and the rest can', async t => {
  const hsm = new FakeHsm();
  const store = await openStore(t);
  const sealing = await Sealing.open(hsm, store);
  await sealing.write([], { put: [put(identity, 'me'), put(sharing(1), 'one'), put(sharing(2), 'two')] });
  const copies = await Promise.all(
    [sharing(1), sharing(2)].map(async name => ({ name, blob: (await store.sealed(name)) ?? assert.fail() })),
  );
  await sealing.erase(only(sharing(1)), erased);
  assert.equal(sealing.generation, 2);
  assert.deepEqual(await hsm.generations(), [2]);
  assert.equal(await text(sealing, sharing(1)), undefined);
  assert.equal(await text(sealing, sharing(2)), 'two');
  assert.equal(await text(sealing, identity), 'me');
  for (const { name, blob } of copies) {
    await assert.rejects(hsm.open(blob, associatedData(owner, name)), { code: 'KeyMissing' });
  }
  assert.deepEqual((await eventsOf(store)).slice(-3), [
    { type: 'SealingKeyChanged', generation: 2, secrets: 2 },
    { type: 'SealingKeysDestroyed', below: 2 },
    ...erased(),
  ]);
});

test('erasures that wait share one generation', async t => {
  const hsm = new FakeHsm();
  const sealing = await Sealing.open(hsm, await openStore(t));
  await sealing.write([], { put: [1, 2, 3, 4].map(epoch => put(sharing(epoch), `${epoch}`)) });
  const first = sealing.erase(only(sharing(1)), erased);
  const others = [sharing(2), sharing(3)].map(name => sealing.erase(only(name), erased));
  await Promise.all([first, ...others]);
  assert.deepEqual(await hsm.generations(), [2]);
  await sealing.erase(only(sharing(4)), erased);
  assert.deepEqual(await hsm.generations(), [3]);
});

test('what is written or read while an erasure runs is neither lost nor refused', async t => {
  const hsm = new FakeHsm();
  const sealing = await Sealing.open(hsm, await openStore(t));
  await sealing.write([], { put: [put(sharing(1), 'one'), put(sharing(2), 'two')] });
  let reads = Promise.resolve();
  hsm.before = operation => {
    if (operation !== 'open') reads = reads.then(async () => assert.equal(await text(sealing, sharing(2)), 'two'));
  };
  const erasing = sealing.erase(only(sharing(1)), erased);
  const writing = sealing.write([], { put: [put(sharing(3), 'three')] });
  await Promise.all([erasing, writing]);
  await reads;
  assert.equal(await text(sealing, sharing(3)), 'three');
});

test('health is a round trip under the key that seals now', async t => {
  const hsm = new FakeHsm();
  const sealing = await Sealing.open(hsm, await openStore(t));
  const operations: string[] = [];
  hsm.before = operation => operations.push(operation);
  const health = await sealing.health();
  assert.ok(health.healthy && health.seconds > 0 && health.generation === 1);
  assert.deepEqual(operations, ['seal', 'open']);
  hsm.before = () => {
    throw new HsmUnavailable('the HSM is not connected: CKR_DEVICE_ERROR');
  };
  assert.deepEqual(await sealing.health(), {
    healthy: false,
    generation: 1,
    reason: 'the HSM is not connected: CKR_DEVICE_ERROR',
  });
  hsm.before = () => {};
  hsm.keys.clear();
  assert.deepEqual(await sealing.health(), {
    healthy: false,
    generation: 1,
    reason: 'the HSM holds no key of generation 1',
  });
});

test('a move to the next generation in the middle of a look at the health is no illness', async t => {
  const hsm = new FakeHsm();
  const sealing = await Sealing.open(hsm, await openStore(t));
  const open = hsm.open.bind(hsm);
  hsm.open = async (sealed, aad) => {
    hsm.open = open;
    await sealing.erase(nothing, erased);
    return await open(sealed, aad);
  };
  const health = await sealing.health();
  assert.deepEqual([health.healthy, health.generation], [true, 2]);
});

test('what is written before an erasure has its turn is erased with the rest', async t => {
  const store = await openStore(t);
  const sealing = await Sealing.open(new FakeHsm(), store);
  const writing = sealing.write([], { put: [put(sharing(1), 'one')] });
  await Promise.all([writing, sealing.erase(only(sharing(1)), erased)]);
  assert.deepEqual(await store.sealedNames(), []);
});

test('a token that is not the one of this store is refused', async t => {
  const store = await openStore(t);
  const sealing = await Sealing.open(new FakeHsm(), store);
  await sealing.write([], { put: [put(identity, 'me')] });
  const other = new FakeHsm();
  await assert.rejects(Sealing.open(other, store), SealingKeyMissing);
  assert.equal(other.keys.size, 0);
});

test('an HSM that gives back something else is found out before the only copy is replaced', async t => {
  const hsm = new FakeHsm();
  const store = await openStore(t);
  const sealing = await Sealing.open(hsm, store);
  await sealing.write([], { put: [put(identity, 'me'), put(sharing(1), 'one')] });
  const seal = hsm.seal.bind(hsm);
  hsm.seal = (generation, _, aad) => seal(generation, new Secret(Buffer.from('other')), aad);
  await assert.rejects(sealing.erase(only(sharing(1)), erased), /identity comes out of the HSM changed/);
  hsm.seal = seal;
  assert.equal(await text(sealing, identity), 'me');
  await sealing.erase(only(sharing(1)), erased);
  assert.equal(await text(sealing, identity), 'me');
});

test('a store that keeps something else than it was given is found out before the old key is destroyed', async t => {
  const hsm = new FakeHsm();
  const store = await openStore(t);
  const sealing = await Sealing.open(hsm, store);
  await sealing.write([], { put: [put(identity, 'me')] });
  const append = store.append.bind(store);
  store.append = (events, { put: rows = [], ...changes } = {}) =>
    append(events, {
      ...changes,
      put: rows.map(row => ({ ...row, sealed: { ...row.sealed, iv: new Uint8Array(12) } })),
    });
  await assert.rejects(sealing.erase(nothing, erased), HsmRefused);
  assert.deepEqual(await hsm.generations(), [1, 2]);
});

test('a secret that moves between being read and being opened is opened where it is now', async t => {
  const hsm = new FakeHsm();
  const sealing = await Sealing.open(hsm, await openStore(t));
  await sealing.write([], { put: [put(sharing(1), 'one'), put(sharing(2), 'two')] });
  const open = hsm.open.bind(hsm);
  hsm.open = async (sealed, aad) => {
    hsm.open = open;
    await sealing.erase(only(sharing(1)), erased);
    return await open(sealed, aad);
  };
  assert.equal(await text(sealing, sharing(2)), 'two');
});

/** Crashes at the `at`-th operation of an erasure on HSM or store, starts again, and returns what there is then. */
async function crashAt(t: TestContext, at: number, crash: () => Error) {
  const hsm = new FakeHsm();
  const path = temporaryPath(t);
  const store = await openStore(t, path);
  const sealing = await Sealing.open(hsm, store);
  await sealing.write([], { put: [put(identity, 'me'), put(sharing(1), 'one'), put(sharing(2), 'two')] });
  const copy = (await store.sealed(sharing(1))) ?? assert.fail();

  let steps = 0;
  let most = 0;
  const step = () => {
    most = Math.max(most, hsm.keys.size);
    if (++steps >= at) throw crash();
  };
  hsm.before = step;
  const append = store.append.bind(store);
  store.append = async (...args) => {
    step();
    const entries = await append(...args);
    step();
    return entries;
  };
  const outcome = await sealing.erase(only(sharing(1)), erased).then(
    () => 'done',
    () => 'crashed',
  );
  hsm.before = () => {};
  await store.close();
  const again = await openStore(t, path);
  return { hsm, store: again, copy, outcome, most };
}

test('a crash at any point loses nothing, and after the next start and erasure one generation is left', async t => {
  let at = 0;
  for (let outcome = 'crashed'; outcome === 'crashed'; ) {
    const crashed = await crashAt(t, ++at, () => new Error('crash'));
    const { hsm, store, copy, most } = crashed;
    outcome = crashed.outcome;
    assert.ok(most <= 2, `never more than two generations (step ${at})`);
    const said = (await eventsOf(store)).some(({ type }) => type === 'KeyDestroyed');
    if (said) await assert.rejects(hsm.open(copy, associatedData(owner, sharing(1))), { code: 'KeyMissing' });
    if (outcome === 'done') assert.ok(said);

    const sealing = await Sealing.open(hsm, store);
    assert.equal(hsm.keys.size, 1, `step ${at}`);
    assert.equal(await text(sealing, identity), 'me');
    assert.equal(await text(sealing, sharing(2)), 'two');
    await sealing.erase(only(sharing(1)), erased);
    assert.equal(hsm.keys.size, 1);
    await assert.rejects(hsm.open(copy, associatedData(owner, sharing(1))), { code: 'KeyMissing' });
    assert.equal(await text(sealing, identity), 'me');
    assert.equal(await text(sealing, sharing(2)), 'two');
    assert.equal((await sealing.health()).healthy, true);
  }
  assert.ok(at > 15, `${at} points were tried`);
});

test(
  'an HSM that goes away at any point of an erasure fails it, ' + 'and the next one succeeds in the same process',
  async t => {
    const hsm = new FakeHsm();
    const store = await openStore(t);
    const sealing = await Sealing.open(hsm, store);
    await sealing.write([], { put: [put(identity, 'me')] });
    let failures = 0;
    for (let at = 1, done = false; !done; at++) {
      await sealing.write([], { put: [put(sharing(1), 'old')] });
      let steps = 0;
      hsm.before = () => {
        if (++steps >= at) throw new HsmUnavailable('gone');
      };
      done = await sealing.erase(only(sharing(1)), erased).then(
        () => true,
        (error: unknown) => {
          assert.ok(error instanceof HsmUnavailable);
          failures += 1;
          return false;
        },
      );
      hsm.before = () => {};
      assert.ok(hsm.keys.size <= 2);
      assert.equal(await text(sealing, identity), 'me');
      await sealing.write([], { put: [put(sharing(2), `new ${at}`)] });
      assert.equal(await text(sealing, sharing(2)), `new ${at}`);
    }
    assert.ok(failures > 5);
    await sealing.erase(nothing, erased);
    assert.equal(hsm.keys.size, 1);
  },
);
