import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes } from './codec.ts';
import { ContextMismatch, Timeout } from './errors.ts';
import { echo } from './messages.ts';
import { chaotic, makeSigner, results, simulate } from './simulator.ts';
import { assertMismatch, assertMissing, failureOf } from './testing/outcomes.ts';
import { cheating, simulateToy } from './testing/toy.ts';

test('an honest session gives all parties their result, one session id and one transcript', async () => {
  const [first, ...rest] = [...results(await simulateToy()).values()];
  assert.equal(first?.result, 6);
  for (const outcome of rest) assert.deepEqual(outcome, first);
});

test('T7: the schedule of messages does not change the result', async () => {
  for (let seed = 1; seed <= 25; seed += 1) {
    const [first, ...rest] = [...results(await simulateToy({ network: chaotic, seed })).values()];
    for (const outcome of rest) assert.deepEqual(outcome, first);
  }
});

test('T7: each message delivered three times in any order changes nothing', async () => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const simulated = await simulateToy({
      seed,
      network: ({ bytes }, random) => [0, 1, 2].map(() => ({ bytes, delay: random() * 50 })),
    });
    results(simulated);
    for (const reasons of simulated.drops.values()) assert.deepEqual(new Set(reasons), new Set(['repeated']));
  }
});

test('F3: two sessions about the same have different ids and transcripts', async () => {
  const signers = new Map([1, 2].map(id => [id, makeSigner()]));
  const runs = [1, 2].map(() => simulateToy({ parties: [1, 2], signers }));
  const [a, b] = (await Promise.all(runs)).map(run => results(run).get(1));
  assert.ok(a && b);
  assert.notDeepEqual(a.sid, b.sid);
  assert.notDeepEqual(a.transcript, b.transcript);
});

test('F3: a session id that was used before is refused', async () => {
  const simulated = await simulateToy({ options: id => (id === 2 ? { claimSid: () => false } : {}) });
  assertMismatch(simulated, /used before/, [1, 2, 3]);
});

test('a peer whose standing is not what this party remembers is refused, without blame', async () => {
  const simulated = await simulateToy({
    options: id => ({
      standing: { incarnation: id, position: 10 * id, head: new Uint8Array(32).fill(id) },
      acceptStandings: standings => {
        assert.deepEqual(
          [...standings.keys()],
          [1, 2, 3].filter(other => other !== id),
        );
        const seen = standings.get(3);
        if (seen) assert.deepEqual(seen, { incarnation: 3, position: 30, head: new Uint8Array(32).fill(3) });
        if (id === 1) throw new ContextMismatch('party 3 is behind what it has shown before');
      },
    }),
  });
  assertMismatch(simulated, /behind/, [1, 2, 3]);
});

test('A4: a silent party is missing, and nobody is blamed', async () => {
  for (const silentFrom of ['hello', 'note', 'whisper', 'sum']) {
    const simulated = await simulateToy(
      cheating(3, ({ round, payload, type }) => (round === silentFrom || type === 'abort' ? [] : [payload])),
    );
    assertMissing(simulated, [3], [1, 2]);
  }
});

test('a party that nobody hears waits until its deadline; the others end together', async () => {
  const simulated = await simulateToy({
    deadline: 500,
    network: ({ from, bytes }) => (from === 2 ? [] : [{ bytes }]),
  });
  assertMissing(simulated, [2], [1, 3]);
  assert.equal(simulated.duration, 500);
});

test('who waits for two, one of whom has left because of the other, misses the other', async () => {
  const impatient = new AbortController();
  const passed = new Map<string, number>();
  const simulated = await simulateToy({
    deadline: 500,
    options: (id, { signal }) => (id === 2 ? { signal: AbortSignal.any([signal, impatient.signal]) } : {}),
    // the note of party 3 reaches party 1 alone, and nothing that party 3 sends later reaches anybody
    network: ({ from, to, bytes }) => {
      const count = (passed.get(`${from} ${to}`) ?? 0) + 1;
      passed.set(`${from} ${to}`, count);
      if (from === 1 && to === 2 && count === 4) impatient.abort(new DOMException('early', 'TimeoutError'));
      return from === 3 && count > (to === 1 ? 3 : 2) ? [] : [{ bytes }];
    },
  });
  assertMissing(simulated, [3], [1, 2]);
  assert.ok(simulated.duration < 500);
});

test('a session that is ended for another reason than its deadline ends with that reason', async () => {
  const shutdown = new Error('the party shuts down');
  const controller = new AbortController();
  const simulated = await simulateToy({
    options: (id, { signal, acceptStandings }) =>
      id === 1
        ? {
            signal: AbortSignal.any([signal, controller.signal]),
            acceptStandings: standings => {
              controller.abort(shutdown);
              return acceptStandings(standings);
            },
          }
        : {},
  });
  assert.equal(failureOf(simulated, 1), shutdown);
  assertMissing(simulated, [1], [2, 3]);
  assert.ok(simulated.duration < 10_000);
});

test('a party that is itself too slow names itself, not its peers', async () => {
  const simulated = await simulateToy({
    deadline: 100,
    options: id => (id === 2 ? { claimSid: () => new Promise<boolean>(() => {}) } : {}),
  });
  const error = failureOf(simulated, 2);
  assert.ok(error instanceof Timeout);
  assert.deepEqual(error.missing, [2]);
});

test('a round is begun once, and only if it is declared', async () => {
  const messages = { note: echo(bytes(1)) };
  const twice = await simulate({
    parties: 2,
    messages,
    protocol: async party => {
      await party.broadcast('note', Uint8Array.of(1));
      await party.broadcast('note', Uint8Array.of(1));
    },
  });
  assert.match(String(failureOf(twice, 1)), /a second time/);
});

test('no protocol has a round of the name that is the handshake of them all', async () => {
  const simulated = await simulate({ parties: 2, messages: { hello: echo(bytes(1)) }, protocol: async () => 0 });
  assert.ok(failureOf(simulated, 1) instanceof RangeError);
});

test('an observer is told of each stage, from its beginning to its end', async () => {
  const stages: string[] = [];
  const observer = {
    stage: (name: string) => {
      stages.push(`${name} begins`);
      return () => stages.push(`${name} ends`);
    },
  };
  results(await simulateToy({ options: id => (id === 1 ? { observer } : {}) }));
  const names = ['hello', 'note', 'whisper', 'sum'];
  assert.deepEqual(
    stages,
    names.flatMap(name => [`${name} begins`, `${name} ends`]),
  );
});

test('I2: what a session is about is validated before anything is sent', async () => {
  const signer = makeSigner();
  const member = (id: number) => ({ id, identity: signer.publicKey });
  const wrong = [
    { members: [member(1)] },
    { members: [member(1), member(1)] },
    { members: [member(2), member(1)] },
    { members: [member(0), member(1)] },
    { members: [member(1), member(65)] },
    { members: [member(1), { id: 2, identity: new Uint8Array(31) }] },
    { members: [member(2), member(3)] },
    { threshold: 1 },
    { threshold: 3, members: [member(1), member(2)] },
    { session: 'a.b' },
    { session: '' },
  ];
  for (const parameters of wrong) {
    const simulated = await simulateToy({ parties: [1, 2], signers: new Map([[1, signer]]), parameters });
    assert.ok(failureOf(simulated, 1) instanceof RangeError, JSON.stringify(parameters));
    assert.equal(simulated.frames.filter(({ from }) => from === 1).length, 0);
  }
});
