import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { FakeClock, until } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import type { PartyId } from '../protocol/session/party-id.ts';
import { EvidenceMessenger } from './messenger.ts';

const LOOK_EVERY = 5_000;

/** A messenger of party 1, where parties 2 and 4 are banned. */
function messengerOf(t: TestContext, starts: Map<PartyId, number>, channelFails = () => false) {
  const sent: { readonly to: PartyId | 'all'; readonly text: string }[] = [];
  const clock = new FakeClock();
  const log = new SilentLogger();
  let receive: (from: PartyId, bytes: Uint8Array) => void = () => {};
  const messenger = new EvidenceMessenger({
    bans: {
      all: () => [2, 4].map(party => ({ party, reason: 'a cheat', evidence: 'ab' })),
      evidenceOf: async party => `against ${party}`,
      hear: () => assert.fail('something was heard'),
      onBan: () => {},
    },
    peers: { me: 1, starts: () => new Map(starts) },
    channel: {
      send(to, bytes) {
        if (channelFails()) throw new Error('no connection');
        sent.push({ to, text: gunzipSync(bytes).toString() });
      },
      listen(listener) {
        receive = listener;
        return () => {};
      },
    },
    clock,
    log,
  });
  const stop = new AbortController();
  const done = messenger.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await done;
  });
  return {
    log,
    receive: (from: PartyId, bytes: Uint8Array) => receive(from, bytes),
    /** Lets the messenger look once more. Returns what was sent by then. */
    async look() {
      await until(() => clock.pending > 0);
      await clock.advance(LOOK_EVERY);
      await until(() => clock.pending > 0);
      return sent.splice(0).map(({ to, text }) => `${text} to ${to}`);
    },
  };
}

test('A5: all evidence is brought to whoever has come or come again, once, and to nobody against itself', async t => {
  const starts = new Map([[1, 1]]);
  const { look } = messengerOf(t, starts);
  assert.deepEqual(await look(), []);
  starts.set(3, 1);
  assert.deepEqual(await look(), ['against 2 to 3', 'against 4 to 3']);
  assert.deepEqual(await look(), []);
  starts.set(3, 2).set(2, 1);
  assert.deepEqual(await look(), ['against 2 to 3', 'against 4 to 3', 'against 4 to 2']);
  starts.delete(3);
  assert.deepEqual(await look(), []);
  starts.set(3, 2);
  assert.deepEqual(await look(), ['against 2 to 3', 'against 4 to 3']);
});

test('what cannot be sent now is sent when its recipient comes again', async t => {
  const starts = new Map([[3, 1]]);
  let fails = true;
  const { look, log } = messengerOf(t, starts, () => fails);
  assert.deepEqual(await look(), []);
  assert.ok(log.lines.some(({ message }) => message === 'evidence was not sent'));
  fails = false;
  starts.set(3, 2);
  assert.deepEqual(await look(), ['against 2 to 3', 'against 4 to 3']);
});

test('I7: what unpacks to more than evidence can be is not read', async t => {
  const { receive, log } = messengerOf(t, new Map());
  receive(2, gzipSync(Buffer.alloc(4 * 1024 * 1024)));
  await until(() => log.lines.length > 0);
  assert.match(String(log.lines[0]?.fields.error), /larger than/);
});
