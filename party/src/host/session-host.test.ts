import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '@mpc-operator/runtime/clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { introduce } from '../peers/introduction.ts';
import { Peers } from '../peers/peers.ts';
import { bytes } from '../protocol/session/codec.ts';
import { ContextMismatch } from '../protocol/session/errors.ts';
import { echo } from '../protocol/session/messages.ts';
import type { Party } from '../protocol/session/party.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { SessionRegistry } from '../protocol/session/registry.ts';
import { makeSigner } from '../protocol/session/simulator.ts';
import { SessionUsed } from '../store/projections.ts';
import { Store } from '../store/store.ts';
import { eventsOf, owner, temporaryPath } from '../store/testing/temporary-store.ts';
import { SessionBroker } from '../transport/session-broker.ts';
import { type Job, SessionHost } from './session-host.ts';

const messages = { note: echo(bytes(1)) };
const protocol = (party: Party<typeof messages>) => party.broadcast('note', Uint8Array.of(party.me));
const job: Job = {
  parameters: {
    session: 'test',
    protocol: 'test/v1',
    suite: 'none',
    key: 'k',
    epoch: 1,
    threshold: 2,
    extras: {},
  },
  parties: [1, 2],
  uses: [],
  timeout: 5_000,
};

/** Two parties that have introduced themselves to each other. */
async function pair(t: TestContext) {
  const ids: readonly PartyId[] = [1, 2];
  const signers = new Map(ids.map(id => [id, makeSigner()] as const));
  const brokers = new Map<PartyId, SessionBroker>();
  const makeParty = async (me: PartyId) => {
    const signer = signers.get(me) ?? assert.fail();
    const path = temporaryPath(t);
    const store = await Store.open({ path, owner: { ...owner, party: me } });
    t.after(() => store.close());
    const send = (session: string, _: PartyId | 'all', frame: Uint8Array) =>
      setImmediate(() => brokers.get(3 - me)?.receive(session, me, frame));
    const broker = new SessionBroker(systemClock, send, () => {});
    brokers.set(me, broker);
    const [log, clock] = [new SilentLogger(), systemClock];
    const identity = signer.publicKey;
    const none = () => {};
    const peers = await Peers.open({ store, identity, incarnation: 1, log, clock, superseded: none, met: none });
    for (const [id, other] of signers) {
      const word = { ...(await introduce({ ...owner, party: id }, other)), incarnation: 1, ready: true };
      if (id !== me) await peers.hear(id, Buffer.from(JSON.stringify(word)));
    }
    const host = new SessionHost({
      signer,
      store,
      peers,
      registry: new SessionRegistry(),
      incarnation: 1,
      origin: '00'.repeat(32),
      open: name => broker.open(name),
      observe: () => ({}),
      unfit: () => undefined,
    });
    return { host, store, path };
  };
  return { one: await makeParty(1), two: await makeParty(2) };
}

test('F3: a session id is on the disk before the first round, and used up for ever', async t => {
  const { one, two } = await pair(t);
  const recorded: number[] = [];
  const watched = async (party: Party<typeof messages>) => {
    const opened = (await eventsOf(one.store)).filter(({ type }) => type === 'SessionOpened');
    recorded.push(opened.length);
    return await protocol(party);
  };
  const [{ sid }] = await Promise.all([one.host.run(job, messages, watched), two.host.run(job, messages, protocol)]);
  assert.deepEqual(recorded, [1]);
  await one.store.close();
  const again = await Store.open({ path: one.path, owner });
  t.after(() => again.close());
  const opening = { type: 'SessionOpened', sid: Buffer.from(sid).toString('hex'), purpose: 'test/v1' } as const;
  await assert.rejects(again.append([opening]), SessionUsed);
});

test('F3: a party whose store knows the session id already takes no part, and says so to the others', async t => {
  const { one, two } = await pair(t);
  const append = one.store.append.bind(one.store);
  one.store.append = async (events, sealed) => {
    if (events.some(({ type }) => type === 'SessionOpened')) throw new SessionUsed('00');
    return await append(events, sealed);
  };
  const outcomes = await Promise.allSettled([
    one.host.run(job, messages, () => assert.fail('the session went on')),
    two.host.run(job, messages, protocol),
  ]);
  for (const outcome of outcomes) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof ContextMismatch);
    assert.match(outcome.reason.message, /used before/);
  }
});
