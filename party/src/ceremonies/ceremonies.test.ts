import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command, KeySpec } from '@mpc-operator/crds/control';
import { isEpochEvent, keyIdOf } from '../epochs/events.ts';
import { openStore, owner } from '../store/testing/temporary-store.ts';
import { PartyCluster, until } from '../testing/party-cluster.ts';

const SPEC: KeySpec = { name: 'treasury', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2, 3] };
const PARTIES = SPEC.parties;
const keygen = (number: number): Command => ({
  verb: 'keygen',
  spec: SPEC,
  number,
  run: `0${number}`.repeat(16),
  triggers: [],
});

test('boards of a first keygen that arrive while HSMs seal a second one lead to no second key', async t => {
  const cluster = await PartyCluster.of(t, PARTIES);
  // the boards of the first keygen are held back
  const held: { readonly from: number; readonly to: number; readonly bytes: Uint8Array }[] = [];
  let holding = true;
  const deliver = new Map<number, (from: number, bytes: Uint8Array) => void>();
  for (const [to, { broker }] of cluster.wire.nodes) {
    const receive = broker.receive.bind(broker);
    deliver.set(to, (from, bytes) => receive('epochs', from, bytes));
    broker.receive = (name, from, bytes) => {
      if (name === 'epochs' && holding) held.push({ from, to, bytes });
      else receive(name, from, bytes);
    };
  }
  await cluster.commandAll(PARTIES, keygen(1));
  await until(() => new Set(held.map(({ from }) => from)).size === PARTIES.length || undefined);
  const early = [...held];

  // the second keygen: its session is over when a party seals
  for (const [to, hsm] of cluster.hsms) {
    const seal = hsm.seal.bind(hsm);
    let told = false;
    hsm.seal = async (...sealed) => {
      const [, secret, about] = sealed;
      const ofKey = secret.expose().length === 32 && !Buffer.from(about).includes('mpc/v1/health');
      if (ofKey && !told && (await cluster.key(to, SPEC.name))?.attempt?.number === 2) {
        told = true;
        for (const { from, bytes } of early.filter(board => board.to === to)) deliver.get(to)?.(from, bytes);
        // time for the party to decide on what has arrived
        for (let i = 0; i < 200; i++) await new Promise(resolve => setImmediate(resolve));
      }
      return await seal(...sealed);
    };
  }
  await cluster.commandAll(PARTIES, keygen(2));
  const acknowledged = async () => {
    const keys = await Promise.all(PARTIES.map(party => cluster.key(party, SPEC.name)));
    return keys.every(key => key?.attempt?.number === 2 && key.attempt.phase !== 'Preparing') || undefined;
  };
  await until(acknowledged);
  holding = false;
  const keys = await cluster.final(SPEC, 2);
  assert.equal(new Set(keys.map(({ keyId }) => keyId)).size, 1);
  assert.equal(new Set(keys.map(({ publicKey }) => publicKey)).size, 1);

  await cluster.stopAll();
  for (const party of PARTIES) {
    const store = await openStore(t, cluster.paths.get(party), { owner: { ...owner, party } });
    const activated = new Set<string>();
    for await (const { event } of store.entries())
      if (isEpochEvent(event) && event.type === 'EpochActivated') activated.add(keyIdOf(event));
    assert.deepEqual([...activated], [keys[0]?.keyId], `party ${party}`);
  }
});

test('a party that learns during a session that it must not take part acknowledges nothing', async t => {
  const cluster = await PartyCluster.of(t, PARTIES);
  const { keyId = '' } = await cluster.makeShares(SPEC);
  const hsm = cluster.hsms.get(1) ?? assert.fail();
  const { broker } = cluster.wire.nodes.get(1) ?? assert.fail();
  const seal = hsm.seal.bind(hsm);
  hsm.seal = async (...sealed) => {
    const word = { identity: '00'.repeat(32), signature: '00'.repeat(64), incarnation: 99, ready: true };
    if (!Buffer.from(sealed[2]).includes('mpc/v1/health'))
      broker.receive('presence', 1, Buffer.from(JSON.stringify(word)));
    return await seal(...sealed);
  };
  await cluster.commandAll(PARTIES, {
    verb: 'refresh',
    keyId,
    number: 2,
    run: '0a'.repeat(16),
    trigger: 'annotation@a',
  });
  const failed = async () => {
    const { attempt } = (await cluster.key(1, SPEC.name)) ?? {};
    return attempt?.number === 2 && attempt.phase !== 'Preparing' ? attempt : undefined;
  };
  const { phase, message } = await until(failed);
  assert.deepEqual([phase, /start 99 of this party is running/.test(message ?? '')], ['Failed', true]);
});
