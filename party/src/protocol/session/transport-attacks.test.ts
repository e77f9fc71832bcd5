/** Rows I5, I7, T1, T2, T4, T8 of the attack list: what a network, or a peer that knows the wire, may try. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { bytes } from './codec.ts';
import { Misbehaviour, Timeout } from './errors.ts';
import { plain } from './messages.ts';
import { type Adversary, type Frame, makeSigner, type Network, orderly, results, simulate } from './simulator.ts';
import { assertBlamed, assertMismatch, assertMissing, failureOf } from './testing/outcomes.ts';
import { cheating, simulateToy, whisperOf } from './testing/toy.ts';

test('I7: a message slightly above its limit is blamed on its sender, a huge one is dropped unread', async () => {
  const long = await simulateToy(
    cheating(3, ({ round, type, payload }) => [round === 'note' && type === 'data' ? new Uint8Array(200) : payload]),
  );
  assertBlamed(long, 3, 'encoding', [1, 2]);
  const longer = await simulateToy({
    ...cheating(3, ({ round, type, payload }) => [
      round === 'note' && type === 'data' ? new Uint8Array(5000) : payload,
    ]),
    deadline: 100,
  });
  assertMissing(longer, [3], [1, 2]);
  assert.ok(longer.drops.get(1)?.includes('malformed'));
  const huge = await simulateToy({
    network: frame =>
      frame.from === 3 && frame.index > 20 ? [{ bytes: new Uint8Array(10_000_000) }] : orderly(frame, Math.random),
  });
  assertMissing(huge, [3], [1, 2]);
  assert.ok(huge.drops.get(1)?.includes('malformed'));
});

test('I5, I7: bytes that are no message of the round are blamed on who signed them', async () => {
  for (const [round, wrong] of [
    ['note', new Uint8Array()],
    ['note', Uint8Array.of(0, 0, 0, 9, 1)],
    ['note', Uint8Array.of(0, 0, 0, 1, 1, 1)],
    ['whisper', new Uint8Array(31)],
    ['whisper', new Uint8Array(33)],
    ['sum', new Uint8Array(3)],
  ] as const) {
    const simulated = await simulateToy(
      cheating(3, ({ round: at, type, payload }) => [at === round && type === 'data' ? wrong : payload]),
    );
    assertBlamed(simulated, 3, 'encoding', [1, 2]);
  }
});

test('T1: a message that the transport attributes to another party is dropped and counted', async () => {
  const simulated = await simulateToy({
    network: frame => [
      { bytes: frame.bytes },
      ...(frame.from === 2 && frame.to === 1 ? [{ bytes: frame.bytes, from: 3 }] : []),
    ],
  });
  results(simulated);
  assert.ok(simulated.drops.get(1)?.includes('unauthenticated'));
});

test('T1: a message of somebody outside the session is dropped and counted', async () => {
  const simulated = await simulateToy({
    network: ({ bytes, to }) => [
      { bytes },
      ...(to === 1
        ? [
            { bytes, from: 7 },
            { bytes, from: 1 },
          ]
        : []),
    ],
  });
  results(simulated);
  assert.ok(simulated.drops.get(1)?.includes('foreign'));
});

test('T2: frames with any byte changed are dropped, and the right ones still count', async () => {
  const flips: Network = ({ bytes, index }, random) => {
    const changed = Uint8Array.from(bytes);
    const at = Math.floor(random() * bytes.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << (index % 8));
    return [
      { bytes: changed, delay: 1 },
      { bytes, delay: 2 },
    ];
  };
  for (let seed = 1; seed <= 20; seed += 1) results(await simulateToy({ network: flips, seed }));
});

test('T2, R2: every frame of an old session, replayed into a new one about the same, changes nothing', async () => {
  const signers = new Map([1, 2, 3].map(id => [id, makeSigner()] as const));
  const old = await simulateToy({ signers });
  const [before] = results(old).values();
  const replay = new Map<string, Frame[]>();
  for (const frame of old.frames) {
    const key = `${frame.from} ${frame.to}`;
    replay.set(key, [...(replay.get(key) ?? []), frame]);
  }
  const simulated = await simulateToy({
    signers,
    // the first frame between two parties is followed by all frames of the old session between them
    network: ({ from, to, bytes }) => {
      const olds = replay.get(`${from} ${to}`) ?? [];
      replay.delete(`${from} ${to}`);
      return [{ bytes }, ...olds.map(frame => ({ bytes: frame.bytes, delay: 1.5 }))];
    },
  });
  const [after] = results(simulated).values();
  assert.notDeepEqual(after?.sid, before?.sid);
  assert.deepEqual(new Set([...simulated.drops.values()].flat()), new Set(['repeated', 'unauthenticated']));
});

test('T2: replayed hellos that come first end in a ContextMismatch, and nobody is blamed', async () => {
  const signers = new Map([1, 2, 3].map(id => [id, makeSigner()] as const));
  const old = await simulateToy({ signers });
  const hello = old.frames.find(({ from, to }) => from === 3 && to === 1);
  assert.ok(hello);
  let first = true;
  const simulated = await simulateToy({
    signers,
    network: ({ from, to, bytes }) => {
      const replays = from === 3 && to === 1 && first ? [{ bytes: hello.bytes, delay: 0.5 }] : [];
      first = first && replays.length === 0;
      return [...replays, { bytes }];
    },
  });
  assertMismatch(simulated, /twice/, [1, 2, 3]);
});

test('T4: nothing that is sent directly shows on the wire, nor does any broadcast', async () => {
  const simulated = await simulateToy({
    protocol: async party => {
      await party.broadcast('note', Uint8Array.from('overheard', c => c.charCodeAt(0)).subarray(0, 8));
      await party.exchange('whisper', to => whisperOf(party.me, to));
      return 0;
    },
  });
  results(simulated);
  const wire = Buffer.concat(simulated.frames.map(({ bytes: sent }) => sent));
  for (const from of [1, 2, 3])
    for (const to of [1, 2, 3]) assert.equal(wire.includes(Buffer.from(whisperOf(from, to))), false);
  assert.equal(wire.includes('overhear'), false);
});

test('T4: a protocol that goes on after its session has failed can send nothing any more', async () => {
  const orphans: Promise<unknown>[] = [];
  const simulated = await simulate({
    parties: 2,
    deadline: 10,
    messages: { first: plain(bytes(1)), second: plain(bytes(1)) },
    protocol: async party => {
      if (party.me === 2) await new Promise(() => {});
      const orphan = party
        .broadcast('first', Uint8Array.of(1))
        .catch(() => party.broadcast('second', Uint8Array.of(2)));
      orphans.push(orphan.catch((error: unknown) => error));
      await orphan;
    },
  });
  assertMissing(simulated, [2], [1]);
  assert.ok((await orphans[0]) instanceof Timeout);
  // party 1 sends hello, view, first and abort
  assert.equal(simulated.frames.filter(({ from }) => from === 1).length, 4);
});

test('T8: what was sent to one party alone is overwritten when it is sent, and when its session is over', async () => {
  const sent: Uint8Array[] = [];
  const keep: Adversary = ({ round, type, payload }) => {
    if (type === 'data' && round === 'whisper') sent.push(payload);
    return [payload];
  };
  results(await simulateToy(cheating(3, keep)));
  assert.equal(sent.length, 2);
  for (const payload of sent) assert.deepEqual(payload, new Uint8Array(32));
});

test('T8: a logged Misbehaviour does not print what the culprit sent', async () => {
  const simulated = await simulateToy(
    cheating(3, ({ round, payload }) => [round === 'whisper' ? Uint8Array.from(payload).fill(0xab) : payload]),
  );
  const error = failureOf(simulated, 1);
  assert.ok(error instanceof Misbehaviour);
  assert.deepEqual(error.evidence[0]?.messages[0]?.payload, new Uint8Array(32).fill(0xab));
  for (const text of [inspect(error, { depth: 9 }), JSON.stringify(error), String(error)])
    assert.doesNotMatch(text, /171|abab/);
});
