import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { hex } from '../protocol/evidence/fields.ts';
import { type EvidenceObject, evidenceObject } from '../protocol/evidence/format.ts';
import type { Verdict } from '../protocol/evidence/verify-evidence.ts';
import { parsePublicIdentity } from '../protocol/identity/identity.ts';
import { signMessage } from '../protocol/session/envelope.ts';
import { makeSigner } from '../protocol/session/simulator.ts';
import { eventsOf, openStore, temporaryPath } from '../store/testing/temporary-store.ts';
import { Bans } from './bans.ts';

const CHEAT = 2;
const members = [1, CHEAT].map(id => ({ id, identity: makeSigner() }));
const cheat = members[1]?.identity ?? assert.fail();

/** Evidence of what party 2 signed in the session `sid`, as party 1 reports it under the name `reported`. */
async function evidenceOf(sid: number, reported = 'a session'): Promise<EvidenceObject> {
  const place = { type: 'data', round: 'commit', sequence: 3, from: CHEAT, to: 'all' } as const;
  const message = await signMessage(cheat, { ...place, sid: new Uint8Array(32).fill(sid) }, Uint8Array.of(1));
  return evidenceObject.parse({
    version: 1,
    session: {
      ...{
        session: reported,
        protocol: 'cggmp24/interactive/v1',
        suite: 's',
        key: 'k',
        epoch: 1,
        threshold: 2,
        extras: [],
      },
      members: members.map(({ id, identity }) => ({ id, identity: hex(identity.publicKey) })),
    },
    statement: { of: 'nothing' },
    ...{ hellos: [], rounds: [], check: 'aff-g', reporter: 1 },
    messages: [{ from: CHEAT, signed: hex(message.signed), signature: hex(message.signature) }],
    signature: hex(new Uint8Array(64)),
  });
}

async function partyOf(t: TestContext) {
  const storePath = temporaryPath(t);
  const store = await openStore(t, storePath);
  const convicted: Verdict = { confirmed: true, culprit: CHEAT, identity: parsePublicIdentity(hex(cheat.publicKey)) };
  const judgements: Promise<void>[] = [];
  let judged = 0;
  const open = () =>
    Bans.open({
      store,
      storePath,
      peers: { me: 1, members: () => members.map(({ id, identity }) => ({ id, identity: identity.publicKey })) },
      workers: {
        judge: async () => {
          judged++;
          await judgements.pop();
          return convicted;
        },
      },
      log: new SilentLogger(),
      changed: () => {},
    });
  return {
    open,
    typesOf: async () => (await eventsOf(store)).map(({ type }) => type),
    judgedSoFar: () => judged,
    evidence: join(dirname(storePath), 'evidence'),
    /** The next judgement takes until the returned function is called. */
    delayNext(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      judgements.push(promise);
      return resolve;
    },
  };
}

test(
  'A6: what a party was forgiven does not ban it again, after a restart neither, ' +
    'whatever its reporter calls the session',
  async t => {
    const party = await partyOf(t);
    const bans = await party.open();
    await bans.hear(await evidenceOf(1));
    assert.ok(bans.has(CHEAT));
    await bans.lift(CHEAT);
    for (const again of [bans, await party.open()]) {
      await again.hear(await evidenceOf(1, 'another name'));
      assert.ok(!again.has(CHEAT));
    }
    assert.equal(party.judgedSoFar(), 1);
  },
);

test('A6: what it does in another session does', async t => {
  const bans = await (await partyOf(t)).open();
  await bans.hear(await evidenceOf(1));
  await bans.lift(CHEAT);
  await bans.hear(await evidenceOf(2));
  assert.ok(bans.has(CHEAT));
});

test('A6: a judgement that ends after the ban was lifted does not bring it back', async t => {
  const party = await partyOf(t);
  const bans = await party.open();
  const finish = party.delayNext();
  const slow = bans.hear(await evidenceOf(1));
  await bans.hear(await evidenceOf(1));
  await bans.lift(CHEAT);
  finish();
  await slow;
  assert.ok(!bans.has(CHEAT));
  assert.deepEqual(await party.typesOf(), ['PartyBanned', 'BanLifted']);
});

test('two judgements that end at once ban once', async t => {
  const party = await partyOf(t);
  const bans = await party.open();
  await Promise.all([bans.hear(await evidenceOf(1)), bans.hear(await evidenceOf(2))]);
  assert.deepEqual(await party.typesOf(), ['PartyBanned']);
});

test('a ban whose evidence is lost is lifted all the same', async t => {
  const party = await partyOf(t);
  const bans = await party.open();
  await bans.hear(await evidenceOf(1));
  rmSync(party.evidence, { recursive: true });
  assert.ok(await bans.lift(CHEAT));
  assert.ok(!bans.has(CHEAT));
});
