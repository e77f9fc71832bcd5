/** No party is blamed on the word of another: every party judges the evidence itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CheckError, Misbehaviour, Timeout } from './errors.ts';
import { noticeLayout, noticeOf } from './notice.ts';
import type { Party } from './party.ts';
import type { PartyId } from './party-id.ts';
import { type Adversary, chaotic, makeSigner, type Simulation } from './simulator.ts';
import { assertBlamed, assertMissing, failureOf } from './testing/outcomes.ts';
import { cheating, simulateToy, type ToyMessages, toy, whisperOf } from './testing/toy.ts';

/** An adversary that whispers something wrong to one party, and does not say when it leaves. */
const whisperWrongTo =
  (victim: PartyId): Adversary =>
  ({ type, round, to, payload }) => {
    if (type === 'abort') return [];
    return [type === 'data' && round === 'whisper' && to === victim ? new Uint8Array(32) : payload];
  };

/** A simulation in which party 2 accuses everybody of what they whispered to it, though nothing is wrong. */
const framing: Partial<Simulation<ToyMessages, number>> = {
  async protocol(party: Party<ToyMessages>) {
    if (party.me !== 2) return toy(party);
    await party.broadcast('note', Uint8Array.of(2));
    const whispers = await party.exchange('whisper', to => whisperOf(2, to));
    party.check('whisper', 'whisper', whispers, () => false);
    return 0;
  },
};

test('a message that only one party received is judged, and its sender named, by all', async () => {
  assertBlamed(await simulateToy(cheating(3, whisperWrongTo(1))), 3, 'whisper', [1, 2]);
  for (let seed = 1; seed <= 20; seed += 1) {
    const simulated = await simulateToy({ ...cheating(3, whisperWrongTo(1)), network: chaotic, seed });
    assertBlamed(simulated, 3, 'whisper', [1, 2]);
  }
});

test('all who fail a check are named at once', async () => {
  const simulated = await simulateToy({
    parties: 4,
    adversaries: new Map([2, 4].map(id => [id, whisperWrongTo(1)])),
  });
  for (const id of [1, 3]) assert.match(String(failureOf(simulated, id)), /whisper: parties 2, 4 broke the protocol/);
});

test('a false accusation convinces nobody: the accuser has left, and nobody is blamed', async () => {
  assertMissing(await simulateToy(framing), [2], [1, 3]);
  for (let seed = 1; seed <= 20; seed += 1) {
    assertMissing(await simulateToy({ ...framing, network: chaotic, seed }), [2], [1, 3]);
  }
});

test('evidence with any byte changed convinces nobody', async () => {
  for (let i = 0; i < 60; i += 1) {
    const forging: Adversary = ({ type, payload }) => {
      const changed = Uint8Array.from(payload);
      const at = Math.floor((i / 60) * payload.length);
      if (type === 'abort') changed[at] = (changed[at] ?? 0) ^ 1;
      return [changed];
    };
    assertMissing(await simulateToy({ ...framing, ...cheating(2, forging) }), [2], [1, 3]);
  }
});

test('evidence of an older session convicts nobody in this one', async () => {
  const signers = new Map([1, 2, 3].map(id => [id, makeSigner()] as const));
  const old = failureOf(await simulateToy({ signers, ...cheating(3, whisperWrongTo(1)) }), 1);
  assert.ok(old instanceof Misbehaviour);
  const notice = noticeLayout(3, 8, 1000).encode(noticeOf(old, []));
  const again: Adversary = ({ type, payload }) => [type === 'abort' ? notice : payload];
  assertMissing(await simulateToy({ signers, ...framing, ...cheating(2, again) }), [2], [1, 3]);
});

test('a notice that is none means no more than that its sender has left', async () => {
  const babble: Adversary = ({ type, payload }) => [type === 'abort' ? Uint8Array.of(9, 9, 9) : payload];
  assertMissing(await simulateToy({ ...framing, ...cheating(2, babble) }), [2], [1, 3]);
});

/** The toy protocol, whose check of whispers ends with an error on the whispers of party 3 to party 1. */
const breaking: Partial<Simulation<ToyMessages, number>> = {
  protocol: party =>
    toy({
      ...{ me: party.me, parties: party.parties, others: party.others, context: party.context },
      broadcast: party.broadcast.bind(party),
      exchange: party.exchange.bind(party),
      check: (name, round, received, holds) =>
        party.check(name, round, received, (from, message, to) => {
          if (name === 'whisper' && from === 3 && to === 1) throw new RangeError('0 has no inverse');
          return holds(from, message, to);
        }),
    }),
};

test('an error in a check blames nobody, and every party hears whose message it was', async () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    const simulated = await simulateToy({ ...breaking, network: chaotic, seed });
    for (const id of [1, 2, 3]) {
      const error = failureOf(simulated, id);
      assert.ok(error instanceof CheckError, `party ${id}: ${error}`);
      assert.deepEqual([error.check, error.senders], ['whisper', [3]]);
    }
  }
});

test('who fails the check beside an error in it is named', async () => {
  const simulated = await simulateToy({ ...breaking, ...cheating(2, whisperWrongTo(1)) });
  assertBlamed(simulated, 2, 'whisper', [1, 3]);
});

test('whatever a party says to all as it leaves, it alone is missing', async () => {
  for (let i = 0; i < 30; i += 1) {
    const babbling: Adversary = ({ type, payload }) =>
      type === 'abort' ? [Uint8Array.from(payload, (byte, at) => (at % 30 === i ? 255 - byte : byte))] : [payload];
    const simulated = await simulateToy({ ...breaking, ...cheating(1, babbling) });
    for (const id of [2, 3]) {
      const error = failureOf(simulated, id);
      assert.ok(error instanceof Timeout || error instanceof CheckError, `party ${id}: ${error}`);
      if (error instanceof Timeout) assert.deepEqual(error.missing, [1]);
    }
  }
});
