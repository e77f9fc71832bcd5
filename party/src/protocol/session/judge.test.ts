import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytes } from './codec.ts';
import { type Envelope, type Place, signMessage, withPayload } from './envelope.ts';
import { CheckError, Misbehaviour } from './errors.ts';
import { Judge } from './judge.ts';
import { direct } from './messages.ts';
import type { Evidence } from './signed-message.ts';
import { makeSigner } from './simulator.ts';
import { equivocation, verifyEquivocation } from './view.ts';

const signers = new Map([1, 2, 3].map(id => [id, makeSigner()] as const));
const identities = new Map([...signers].map(([id, { publicKey }]) => [id, publicKey]));
const messages = { deal: direct(bytes(2)) };
const SID = new Uint8Array(32).fill(1);
const good = Uint8Array.of(1, 1);
const bad = Uint8Array.of(6, 6);
const from3to2: Place = { sid: SID, type: 'data', round: 'deal', sequence: 4, from: 3, to: 2 };

const makeJudge = () => {
  const judge = new Judge(1, identities, messages, ({ sid }) => Buffer.from(sid).equals(SID));
  judge.learn('deal', 'deal', (_, payload) => Buffer.from(payload).equals(good));
  return judge;
};

async function signedBy(signer: number, place: Place, payload: Uint8Array): Promise<Envelope> {
  const key = signers.get(signer);
  assert.ok(key);
  return signMessage(key, place, payload);
}

/** The parties that a failure convicts. */
function convictedBy(failure: Misbehaviour | CheckError | undefined): readonly number[] {
  assert.ok(failure instanceof Misbehaviour, String(failure));
  return failure.culprits;
}

const failing = (check: string, message: Envelope): Evidence => ({ check, messages: [withPayload(message)] });

test('a message that fails the check convicts who signed it', async () => {
  const error = makeJudge().hear([failing('deal', await signedBy(3, from3to2, bad))]);
  assert.deepEqual(convictedBy(error), [3]);
  assert.equal(makeJudge().hear([failing('deal', await signedBy(3, from3to2, good))]), undefined);
});

test('evidence that comes before this party has made the check waits for it', async () => {
  const judge = new Judge(1, identities, messages, () => true);
  const evidence = failing('deal', await signedBy(3, from3to2, bad));
  assert.equal(judge.hear([evidence]), undefined);
  assert.equal(
    judge.learn('other', 'deal', () => true),
    undefined,
  );
  const error = judge.learn('deal', 'deal', (_, payload) => Buffer.from(payload).equals(good));
  assert.deepEqual(convictedBy(error), [3]);
});

test('a message that another has signed in the name of the accused convicts nobody', async () => {
  const forged = await signedBy(2, from3to2, bad);
  assert.equal(makeJudge().hear([failing('deal', forged)]), undefined);
  assert.equal(makeJudge().hear([{ check: 'deal', messages: [{ ...withPayload(forged), from: 2 }] }]), undefined);
});

test('a payload that is not the one that was signed convicts nobody', async () => {
  const message = withPayload(await signedBy(3, from3to2, good));
  assert.equal(makeJudge().hear([{ check: 'deal', messages: [{ ...message, payload: bad }] }]), undefined);
  const { payload: _, ...hashOnly } = message;
  assert.equal(makeJudge().hear([{ check: 'deal', messages: [hashOnly] }]), undefined);
});

test('a message of another session, round, type or sender convicts nobody', async () => {
  for (const change of [{ sid: new Uint8Array(32) }, { round: 'other' }, { type: 'view' }] as const) {
    const message = await signedBy(3, { ...from3to2, ...change }, bad);
    assert.equal(makeJudge().hear([failing('deal', message)]), undefined, JSON.stringify(change));
  }
  const message = withPayload(await signedBy(3, from3to2, bad));
  assert.equal(makeJudge().hear([{ check: 'deal', messages: [{ ...message, from: 2 }] }]), undefined);
  const stranger = { ...message, from: 9 };
  assert.equal(makeJudge().hear([{ check: 'deal', messages: [stranger] }]), undefined);
});

test(
  'a message for nobody in the session, for all where it is for one, ' + 'or for its own sender convicts nobody',
  async () => {
    const judge = makeJudge();
    // a check that looks up the recipient of a message
    judge.learn('own', 'deal', (_, payload, to) => payload[0] === (identities.get(to) ?? assert.fail(`for ${to}`))[0]);
    for (const to of [9, 'all', 3] as const) {
      const message = await signedBy(3, { ...from3to2, to }, Uint8Array.of(6, 6, 6));
      for (const check of ['deal', 'own', 'encoding'])
        assert.equal(judge.hear([failing(check, message)]), undefined, `${check}, to ${to}`);
    }
  },
);

test('a check that this party does not know convicts nobody, nor does an accusation without a message', async () => {
  assert.equal(makeJudge().hear([failing('unknown', await signedBy(3, from3to2, bad))]), undefined);
  assert.equal(makeJudge().hear([{ check: 'deal', messages: [] }]), undefined);
  assert.equal(makeJudge().hear([]), undefined);
});

test('a message that does not decode convicts who signed it, and only such a one', async () => {
  const long = await signedBy(3, from3to2, Uint8Array.of(1, 2, 3));
  assert.deepEqual(convictedBy(makeJudge().hear([failing('encoding', long)])), [3]);
  assert.equal(makeJudge().hear([failing('encoding', await signedBy(3, from3to2, bad))]), undefined);
});

test(
  'two messages for one place, if only by their sequence numbers, convict their sender in its session alone; ' +
    'the same one twice, or for two places, nobody',
  async () => {
    const [first, second] = [await signedBy(3, from3to2, good), await signedBy(3, { ...from3to2, sequence: 9 }, bad)];
    const evidence = (a: Envelope, b: Envelope) => equivocation(withPayload(a), withPayload(b)).evidence;
    assert.deepEqual(convictedBy(makeJudge().hear(evidence(first, second))), [3]);
    assert.equal(makeJudge().hear(evidence(first, first)), undefined);
    const again = await signedBy(3, { ...from3to2, sequence: 9 }, good);
    assert.deepEqual(convictedBy(makeJudge().hear(evidence(first, again))), [3]);
    const elsewhere: Partial<Place>[] = [
      { sid: new Uint8Array(32) },
      { round: 'other' },
      { type: 'view' },
      { to: 1 },
      { to: 'all' },
    ];
    for (const change of elsewhere) {
      assert.equal(makeJudge().hear(evidence(first, await signedBy(3, { ...from3to2, ...change }, bad))), undefined);
    }
    const other = { ...from3to2, sid: new Uint8Array(32) };
    const abroad = evidence(await signedBy(3, other, good), await signedBy(3, other, bad));
    assert.equal(makeJudge().hear(abroad), undefined);
    assert.equal(verifyEquivocation(abroad[0] ?? { check: '', messages: [] }, identities)?.from, 3);
  },
);

test('two messages of two parties are no equivocation of either', async () => {
  const [two, three] = [
    await signedBy(2, { ...from3to2, from: 2, to: 'all' }, good),
    await signedBy(3, { ...from3to2, to: 'all' }, bad),
  ];
  assert.equal(
    makeJudge().hear([{ check: 'equivocation', messages: [withPayload(two), withPayload(three)] }]),
    undefined,
  );
});

test('a check that ends with an error convicts nobody, and says whose message it was', async () => {
  const judge = makeJudge();
  judge.learn('broken', 'deal', () => {
    throw new RangeError('0 has no inverse');
  });
  const unclear = failing('broken', await signedBy(3, from3to2, good));
  const failure = judge.hear([unclear]);
  assert.ok(failure instanceof CheckError);
  assert.deepEqual([failure.check, failure.senders, failure.evidence], ['broken', [3], [unclear]]);
  const clear = failing('deal', await signedBy(2, { ...from3to2, from: 2, to: 1 }, bad));
  assert.deepEqual(convictedBy(judge.hear([unclear, clear])), [2]);
});
