import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bytes } from './codec.ts';
import { type Envelope, type MessageType, type Recipient, signMessage } from './envelope.ts';
import { HELLO } from './hello.ts';
import { Inbox } from './inbox.ts';
import { direct, echo, plain } from './messages.ts';
import { ABORT } from './notice.ts';
import type { DropReason } from './observer.ts';
import type { PartyId } from './party-id.ts';
import { Reception } from './reception.ts';
import { makeEphemeralKey, Seals } from './seals.ts';
import type { Signer } from './signer.ts';
import { makeSigner } from './simulator.ts';
import { Wire } from './wire.ts';

const messages = { said: echo(bytes(2)), dealt: direct(bytes(2)), last: plain(bytes(2)) };
const PARTIES = [1, 2, 3];
const SID = new Uint8Array(32).fill(5);

/** Party 1 as a receiver, and parties 2 and 3 as senders of whatever they like. */
function setUp() {
  const signers = new Map(PARTIES.map(id => [id, makeSigner()] as const));
  const ephemeral = new Map(PARTIES.map(id => [id, makeEphemeralKey()] as const));
  const members = [...signers].map(([id, { publicKey }]) => ({ id, identity: publicKey }));
  const wires = new Map([...signers].map(([id, signer]) => [id, new Wire('test', id, members, signer, 1000)] as const));
  const wireOf = (id: PartyId): Wire => {
    const wire = wires.get(id);
    assert.ok(wire);
    return wire;
  };
  const signerOf = (id: PartyId): Signer => signers.get(id) ?? assert.fail();
  const seal = (id: PartyId) => {
    const own = ephemeral.get(id);
    assert.ok(own);
    const peers = [...ephemeral]
      .filter(([other]) => other !== id)
      .map(([other, key]) => [other, key.publicKey] as const);
    wireOf(id).seal(SID, new Seals(SID, id, own, new Map(peers)));
  };
  const drops: DropReason[] = [];
  const failures: Error[] = [];
  const filed: Envelope[] = [];
  const inbox = new Inbox([2, 3]);
  const identities = new Map(members.map(({ id, identity }) => [id, identity]));
  const reception = new Reception(1, identities, messages, wireOf(1), inbox, {
    filed: envelope => filed.push(envelope),
    failed: error => failures.push(error),
    dropped: reason => drops.push(reason),
  });
  const send = async (
    from: PartyId,
    type: MessageType,
    round: string,
    to: Recipient,
    payload = Uint8Array.of(1, 2),
  ) => {
    const frame = wireOf(from).pack(await wireOf(from).sign(type, round, to, payload));
    reception.receive(from, frame);
    return frame;
  };
  return { reception, inbox, send, seal, wireOf, signerOf, drops, failures, filed };
}

test('what belongs to a round of the session is kept', async () => {
  const { send, seal, inbox, drops } = setUp();
  await send(2, 'hello', HELLO, 'all');
  for (const id of [1, 2]) seal(id);
  await send(2, 'data', 'said', 'all');
  await send(2, 'view', 'said', 'all');
  await send(2, 'data', 'dealt', 1);
  await send(2, 'data', 'last', 'all');
  await send(2, 'abort', ABORT, 'all');
  assert.deepEqual(drops, []);
  for (const [type, round] of [
    ['hello', HELLO],
    ['data', 'said'],
    ['view', 'said'],
    ['data', 'dealt'],
    ['data', 'last'],
    ['abort', ABORT],
  ] as const) {
    assert.ok(inbox.get(type, round, 2), `${type} ${round}`);
  }
});

test('T4: a round that is not declared, or in another form than declared, is none', async () => {
  const { send, seal, drops } = setUp();
  for (const id of [1, 2]) seal(id);
  await send(2, 'data', 'undeclared', 'all');
  await send(2, 'data', 'dealt', 'all');
  await send(2, 'data', 'said', 1);
  await send(2, 'view', 'last', 'all');
  await send(2, 'view', 'dealt', 'all');
  await send(2, 'hello', HELLO, 'all');
  assert.deepEqual(drops, new Array(6).fill('foreign'));
});

test('T4: nothing but the handshake and a farewell is taken in the clear', async () => {
  const { reception, send, drops, wireOf, signerOf } = setUp();
  await send(2, 'hello', HELLO, 'all');
  await assert.rejects(send(2, 'data', 'said', 'all'), /before the handshake/);
  for (const [type, round] of [
    ['data', 'said'],
    ['data', 'last'],
    ['view', 'said'],
    ['hello', 'said'],
  ] as const) {
    const place = { sid: wireOf(2).run, type, round, sequence: 9, from: 2, to: 'all' } as const;
    reception.receive(2, wireOf(2).pack(await signMessage(signerOf(2), place, Uint8Array.of(1, 2))));
  }
  assert.deepEqual(drops, ['foreign', 'foreign', 'foreign', 'foreign']);
  wireOf(2).close();
  await assert.rejects(send(2, 'hello', HELLO, 'all'), /is over/);
});

test('what is sealed before this party knows the session id is kept until it does', async () => {
  const { send, seal, inbox, reception } = setUp();
  seal(2);
  await send(2, 'data', 'said', 'all');
  assert.equal(inbox.get('data', 'said', 2), undefined);
  seal(1);
  reception.retry();
  assert.ok(inbox.get('data', 'said', 2));
});

test('a view that overtakes the hello of its sender is kept until that comes', async () => {
  const { reception, wireOf, filed, drops } = setUp();
  const [hello, view] = await Promise.all([
    wireOf(2).sign('hello', HELLO, 'all', new Uint8Array(2)),
    wireOf(2).sign('view', HELLO, 'all', new Uint8Array(2)),
  ]);
  reception.receive(2, wireOf(2).pack(view));
  assert.equal(filed.length, 0);
  reception.receive(2, wireOf(2).pack(hello));
  assert.equal(filed.length, 1);
  assert.deepEqual(drops, []);
});

test('I7: of each sender only so much is kept early, and a flood of one displaces nothing of another', async () => {
  const { send, seal, drops, inbox, reception } = setUp();
  for (const id of [2, 3]) seal(id);
  await send(3, 'data', 'said', 'all');
  for (let i = 0; i < 100; i += 1) await send(2, 'data', 'said', 'all', Uint8Array.of(i, i));
  const flood = drops.filter(reason => reason === 'flood').length;
  assert.ok(flood > 80, `${flood}`);
  seal(1);
  reception.retry();
  assert.ok(inbox.get('data', 'said', 3));
});

test('I7: no bytes from the network make it throw, whoever they are said to be from', async () => {
  const { reception, send, seal, inbox } = setUp();
  for (const id of [1, 2]) seal(id);
  const frame = await send(2, 'data', 'said', 'all');
  const kept = inbox.get('data', 'said', 2);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(frame.length),
      fc.integer({ min: 0, max: 4 }),
      (junk, at, from) => {
        const frames = [junk, frame.subarray(0, at), Buffer.concat([frame.subarray(0, at), junk])];
        for (const bytes of frames) reception.receive(from, bytes);
      },
    ),
    { numRuns: 300 },
  );
  assert.equal(inbox.get('data', 'said', 2), kept);
});

test('once a session is over its keys are gone: nothing opens any more', async () => {
  const { send, seal, wireOf, drops } = setUp();
  for (const id of [1, 2]) seal(id);
  wireOf(1).close();
  await send(2, 'data', 'said', 'all');
  assert.deepEqual(drops, ['unauthenticated']);
});
