/** Rows T3 and I8 of the attack list: a party that says different things for one place. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signMessage } from './envelope.ts';
import { Misbehaviour } from './errors.ts';
import { type Adversary, makeSigner } from './simulator.ts';
import { assertBlamed, failureOf } from './testing/outcomes.ts';
import { showingAgain } from './testing/signed-again.ts';
import { cheating, simulateToy, toyMessages, whisperOf } from './testing/toy.ts';
import { verifyEquivocation, viewLayout } from './view.ts';

const note = (n: number) => toyMessages.note.codec.encode(Uint8Array.of(n));

/** An adversary that tells party 1 something else in `round` than it tells the others. */
const twoFaced =
  (round: string, type = 'data'): Adversary =>
  message =>
    message.round === round && message.type === type && message.to === 1
      ? [Uint8Array.from(message.payload, (byte, i) => (i === message.payload.length - 1 ? byte ^ 1 : byte))]
      : [message.payload];

test('T3: a party that tells two parties different things is named, with both messages as evidence', async () => {
  const simulated = await simulateToy(cheating(3, twoFaced('note')));
  assertBlamed(simulated, 3, 'equivocation', [1, 2]);
  const error = failureOf(simulated, 1);
  assert.ok(error instanceof Misbehaviour);
  const [evidence] = error.evidence;
  assert.ok(evidence);
  assert.equal(verifyEquivocation(evidence, simulated.identities)?.from, 3);
  assert.equal(verifyEquivocation(evidence, new Map([[3, makeSigner().publicKey]])), undefined);
  const [first] = evidence.messages;
  assert.ok(first);
  assert.equal(
    verifyEquivocation({ check: 'equivocation', messages: [first, first] }, simulated.identities),
    undefined,
  );
});

test('T3: it is named even if it then falls silent', async () => {
  const simulated = await simulateToy({
    ...cheating(3, message => (message.type === 'view' && message.round === 'note' ? [] : twoFaced('note')(message))),
    deadline: 1000,
  });
  assertBlamed(simulated, 3, 'equivocation', [1, 2]);
  assert.ok(simulated.duration < 1000);
});

test('T3: a view that came before this party had its own to compare it with counts', async () => {
  const passed = new Map<string, number>();
  const simulated = await simulateToy({
    ...cheating(3, twoFaced('note')),
    // party 1 receives the note of party 3 late, and nothing after the views
    network: ({ from, to, bytes }) => {
      const count = (passed.get(`${from} ${to}`) ?? 0) + 1;
      passed.set(`${from} ${to}`, count);
      if (to === 1 && count > 4) return [];
      return [{ bytes, delay: from === 3 && to === 1 && count === 3 ? 20 : 1 }];
    },
  });
  assertBlamed(simulated, 3, 'equivocation', [1]);
});

test('T3: nothing of the next round is sent before all have seen the same', async () => {
  const simulated = await simulateToy({
    ...cheating(3, twoFaced('note')),
    protocol: async party => {
      await party.broadcast('note', Uint8Array.of(party.me));
      assert.fail('the session went on');
    },
  });
  assertBlamed(simulated, 3, 'equivocation', [1, 2]);
});

test('T3: a party that claims to have received what nobody signed is named itself', async () => {
  for (const round of ['hello', 'note']) {
    const lie: Adversary = ({ round: at, type, payload }) => {
      const changed = Uint8Array.from(payload);
      // the changed byte is within the header of the first entry
      if (type === 'view' && at === round) changed[60] = (changed[60] ?? 0) ^ 1;
      return [changed];
    };
    assertBlamed(await simulateToy(cheating(3, lie)), 3, 'view', [1, 2]);
  }
});

test('T3: two hellos of one run are equivocation', async () => {
  const simulated = await simulateToy(cheating(3, twoFaced('hello', 'hello')));
  assertBlamed(simulated, 3, 'equivocation', [1, 2]);
});

test('T3: who shows its own message signed once more, under another sequence number, is named', async () => {
  const signer = makeSigner();
  for (const round of ['hello', 'note']) {
    const simulated = await simulateToy({
      ...cheating(3, showingAgain(round, 3, signer, [1, 2, 3])),
      signers: new Map([[3, signer]]),
    });
    assertBlamed(simulated, 3, 'equivocation', [1, 2]);
  }
});

test('T3: one message with another sequence number for each recipient is equivocation', async () => {
  for (const [round, type] of [
    ['hello', 'hello'],
    ['note', 'data'],
  ]) {
    const simulated = await simulateToy(
      cheating(3, message =>
        message.round === round && message.type === type && message.to === 1
          ? [{ again: message.payload }]
          : [message.payload],
      ),
    );
    assertBlamed(simulated, 3, 'equivocation', [1, 2]);
  }
});

test('T3: a message of another type in a view is named as a false view, not taken for another run', async () => {
  const signer = makeSigner();
  const lie: Adversary = async ({ round, type, payload }) => {
    if (type !== 'view' || round !== 'note') return [payload];
    const place = { sid: new Uint8Array(32), type: 'hello', round, sequence: 7, from: 3, to: 'all' } as const;
    const hello = await signMessage(signer, place, note(3));
    return [viewLayout(3).encode(viewLayout(3).decode(payload).with(2, hello))];
  };
  const simulated = await simulateToy({ ...cheating(3, lie), signers: new Map([[3, signer]]) });
  assertBlamed(simulated, 3, 'view', [1, 2]);
});

test('I8: a second, different message for the same place is equivocation; what it says stays secret', async () => {
  for (const [round, second] of [
    ['note', note(9)],
    ['whisper', whisperOf(9, 9)],
    ['sum', Uint8Array.of(0, 0, 0, 9)],
    ['sum', { again: Uint8Array.of(0, 0, 0, 6) }],
  ] as const) {
    const simulated = await simulateToy({
      ...cheating(3, message =>
        message.round === round && message.type === 'data' ? [message.payload, second] : [message.payload],
      ),
      network: ({ bytes, from, to }) => [{ bytes, delay: from === 2 && to === 1 ? 5 : 1 }],
    });
    assertBlamed(simulated, 3, 'equivocation', [1]);
    const error = failureOf(simulated, 1);
    assert.ok(error instanceof Misbehaviour);
    for (const { payload } of error.evidence.flatMap(({ messages }) => messages)) assert.equal(payload, undefined);
  }
});
