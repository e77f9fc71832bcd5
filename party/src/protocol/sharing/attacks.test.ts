/** Rows F6, I1, I3, I4, I6, R2, R4, T3, T4, T7, T8 of the attack list against keygen and refresh. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type Curve, curves } from '../curve/curve.ts';
import { Misbehaviour } from '../session/errors.ts';
import { type Adversary, makeSigner, type Outgoing, results } from '../session/simulator.ts';
import { assertBlamed, assertMismatch, failureOf } from '../session/testing/outcomes.ts';
import { hashContribution, hashReveal, makeReveal } from './commitments.ts';
import { keygen, keygenMessages } from './keygen.ts';
import { refreshMessages } from './refresh.ts';
import { groupKey, sharingHash } from './sharing.ts';
import { makeShares, simulateKeygen, simulateRefresh } from './testing/keys.ts';

const THRESHOLD = 3;
const PARTIES = 4;
const CHEAT = 2;
const HONEST = [1, 3, 4];
const parameters = { curve: 'secp256k1', threshold: THRESHOLD } as const;
const curve: Curve = curves[parameters.curve];
const keygenCodecs = keygenMessages(parameters);
const refreshCodecs = refreshMessages(parameters);

const inRound =
  (round: string, change: (message: Outgoing) => Uint8Array): Adversary =>
  message =>
    message.type === 'data' && message.round === round ? [change(message)] : [message.payload];

const keygenWith = (adversary: Adversary) =>
  simulateKeygen(parameters, PARTIES, { adversaries: new Map([[CHEAT, adversary]]) });

const refreshWith = async (adversary: Adversary) =>
  simulateRefresh(await makeShares('secp256k1', THRESHOLD, PARTIES), { adversaries: new Map([[CHEAT, adversary]]) });

const groupKeyOfSomebodyElse = curve.multiplyBase(curve.randomScalar());

test('I1: keygen refuses commitments to a polynomial of any other degree, and names the dealer', async () => {
  for (const threshold of [0, THRESHOLD - 1, THRESHOLD + 1]) {
    const wrong = inRound('reveal', ({ payload }) => {
      const reveal = keygenCodecs.reveal.codec.decode(payload);
      const commitments = [...reveal.commitments, curve.base].slice(0, threshold);
      return keygenMessages({ ...parameters, threshold }).reveal.codec.encode({ ...reveal, commitments });
    });
    assertBlamed(await keygenWith(wrong), CHEAT, 'encoding', HONEST);
  }
});

test('I1, I6: refresh refuses commitments to a polynomial of any other degree: threshold and key stay', async () => {
  for (const threshold of [1, THRESHOLD - 1, THRESHOLD + 1]) {
    const commitments = Array.from({ length: threshold - 1 }, () => curve.base);
    const wrong = inRound('commit', () =>
      refreshMessages({ ...parameters, threshold }).commit.codec.encode(commitments),
    );
    assertBlamed(await refreshWith(wrong), CHEAT, 'encoding', HONEST);
  }
});

test('I3, I4: points and scalars that are none are refused, and their sender named', async () => {
  const identity = inRound('commit', ({ payload }) => new Uint8Array(payload.length));
  assertBlamed(await refreshWith(identity), CHEAT, 'encoding', HONEST);
  const tooLarge = inRound('deal', ({ payload }) => new Uint8Array(payload.length).fill(0xff));
  assertBlamed(await refreshWith(tooLarge), CHEAT, 'encoding', HONEST);
});

test('I6: a refresh cannot move the key: a share of anything but zero does not fit', async () => {
  const shifting = inRound('deal', ({ payload }) => {
    const share = refreshCodecs.deal.codec.decode(payload);
    return refreshCodecs.deal.codec.encode(curve.addScalars(share, curve.scalar(1n)));
  });
  assertBlamed(await refreshWith(shifting), CHEAT, 'share', HONEST);
});

test('I6: even with other commitments, the refreshed key is the old key', async () => {
  const before = await makeShares('secp256k1', 2, 3);
  const after = results(await simulateRefresh(before));
  const [old] = before;
  assert.ok(old);
  for (const { result } of after.values()) {
    assert.ok(curve.equalPoints(groupKey(result.sharing), groupKey(old.sharing)));
    assert.equal(result.sharing.threshold, 2);
  }
});

test('F6: who repeats the commitment and reveal of another is refused', async () => {
  const copied = new Map<string, Uint8Array>();
  const listen: Adversary = ({ type, round, payload }) => {
    if (type === 'data') copied.set(round, payload);
    return [payload];
  };
  const copy: Adversary = ({ type, round, payload }) => [(type === 'data' && copied.get(round)) || payload];
  // party 3 overhears party 1 before it speaks itself, and copies it
  const simulated = await simulateKeygen(parameters, PARTIES, {
    adversaries: new Map([
      [1, listen],
      [3, message => (message.round === 'commit' || message.round === 'reveal' ? copy(message) : [message.payload])],
    ]),
    network: ({ bytes, from }) => [{ bytes, delay: from === 3 ? 5 : 1 }],
  });
  assertBlamed(simulated, 3, 'commitment', [1, 2, 4]);
});

test('F6: who reveals another polynomial than it committed to is refused', async () => {
  const { codec } = keygenCodecs.reveal;
  const later = inRound('reveal', ({ payload }) => {
    const reveal = codec.decode(payload);
    return codec.encode({ ...reveal, commitments: [...reveal.commitments].reverse() });
  });
  assertBlamed(await keygenWith(later), CHEAT, 'commitment', HONEST);
});

test('F6: a dealer that does not know the secret it deals has no proof', async () => {
  const simulated = await simulateKeygen(parameters, PARTIES, {
    async protocol(party) {
      if (party.me !== CHEAT) return keygen(party, parameters);
      const { me, context } = party;
      const polynomial = Array.from({ length: THRESHOLD }, () => curve.randomScalar());
      const reveal = makeReveal(curve, context, me, polynomial);
      const [, ...rest] = reveal.commitments;
      const rogue = { ...reveal, commitments: [curve.addPoints(groupKeyOfSomebodyElse, curve.base), ...rest] };
      const contribution = { chainCode: new Uint8Array(32), salt: new Uint8Array(32) };
      await party.broadcast('commit', {
        reveal: hashReveal(curve, context, me, rogue),
        chainCode: hashContribution(context, me, contribution),
      });
      await party.broadcast('reveal', rogue);
      throw new Error('the others go on');
    },
  });
  assertBlamed(simulated, CHEAT, 'proof of knowledge', HONEST);
});

test('a share that does not fit the commitments is named by all, whoever received it', async () => {
  for (const victim of [1, 4]) {
    const { codec } = keygenCodecs.deal;
    const wrong: Adversary = ({ type, round, to, payload }) => {
      if (type !== 'data' || round !== 'deal' || to !== victim) return [payload];
      const deal = codec.decode(payload);
      return [codec.encode({ ...deal, share: curve.addScalars(deal.share, curve.scalar(1n)) })];
    };
    assertBlamed(await keygenWith(wrong), CHEAT, 'share', HONEST);
  }
});

test('F6: a contribution to the chain code that differs from what was committed to is refused', async () => {
  const { codec } = keygenCodecs.deal;
  const late = inRound('deal', ({ payload }) =>
    codec.encode({ ...codec.decode(payload), chainCode: new Uint8Array(32) }),
  );
  assertBlamed(await keygenWith(late), CHEAT, 'chain code', HONEST);
});

test('who comes to another result is named', async () => {
  assertBlamed(await keygenWith(inRound('confirm', () => new Uint8Array(32))), CHEAT, 'result', HONEST);
  assertBlamed(await refreshWith(inRound('confirm', () => new Uint8Array(32))), CHEAT, 'result', HONEST);
});

test('T3: a dealer that shows two parties different commitments is named', async () => {
  const { codec } = refreshCodecs.commit;
  const twoFaced: Adversary = ({ type, round, to, payload }) =>
    type === 'data' && round === 'commit' && to === 1 ? [codec.encode([curve.base, curve.base])] : [payload];
  assertBlamed(await refreshWith(twoFaced), CHEAT, 'equivocation', HONEST);
});

test('T7: each message of a keygen, delivered three times in any order, makes one key', async () => {
  for (const seed of [1, 2, 3]) {
    const simulated = await simulateKeygen(parameters, PARTIES, {
      seed,
      network: ({ bytes }, random) => [0, 1, 2].map(() => ({ bytes, delay: random() * 50 })),
    });
    const keys = [...results(simulated).values()].map(({ result }) => groupKey(result.share.sharing));
    for (const key of keys) assert.ok(curve.equalPoints(key, keys[0] ?? assert.fail()));
    for (const reasons of simulated.drops.values()) assert.deepEqual(new Set(reasons), new Set(['repeated']));
  }
});

test('R4: parties that hold different sharings do not refresh, and nobody is blamed', async () => {
  const shares = await makeShares('secp256k1', 2, 3);
  const others = await makeShares('secp256k1', 2, 3);
  const [other] = others;
  assert.ok(other);
  const simulated = await simulateRefresh(shares, {
    options: (id, { parameters: usual }) =>
      id === 3 ? { parameters: { ...usual, extras: { sharing: sharingHash(other.sharing) } } } : {},
  });
  assertMismatch(simulated, /sharing/, [1, 2, 3]);
});

test('R2: a whole refresh, replayed over the next one, changes nothing', async () => {
  const shares = await makeShares('secp256k1', 2, 3);
  const signers = new Map([1, 2, 3].map(id => [id, makeSigner()] as const));
  const first = await simulateRefresh(shares, { signers });
  const renewed = [...results(first).values()].map(({ result }) => result);
  const replayed = new Set<string>();
  const second = await simulateRefresh(renewed, {
    signers,
    network: ({ from, to, bytes }) => {
      const pair = `${from} ${to}`;
      const old = replayed.has(pair) ? [] : first.frames.filter(frame => frame.from === from && frame.to === to);
      replayed.add(pair);
      return [{ bytes }, ...old.map(frame => ({ bytes: frame.bytes, delay: 1.5 }))];
    },
  });
  for (const { result } of results(second).values()) {
    assert.ok(renewed.every(({ secret }) => secret.expose() !== result.secret.expose()));
  }
  assert.deepEqual(new Set([...second.drops.values()].flat()), new Set(['repeated', 'unauthenticated']));
});

for (const name of ['ed25519', 'secp256k1'] as const) {
  test(`T4: no share and no chain code of a ${name} key is ever on the wire`, async () => {
    const dealt: Uint8Array[] = [];
    const spy: Adversary = ({ type, round, payload }) => {
      if (type === 'data' && round === 'deal') dealt.push(Uint8Array.from(payload));
      return [payload];
    };
    const simulated = await simulateKeygen({ curve: name, threshold: 2 }, 3, {
      adversaries: new Map([1, 2, 3].map(id => [id, spy])),
    });
    const wire = Buffer.concat(simulated.frames.map(({ bytes }) => bytes));
    assert.equal(dealt.length, 6);
    const secrets = [...results(simulated).values()].flatMap(({ result }) => [
      curves[name].encodeScalar(result.share.secret.expose()),
      result.chainCode.expose(),
    ]);
    for (const secret of [
      ...dealt.map(payload => payload.subarray(0, 32)),
      ...dealt.map(p => p.subarray(32, 64)),
      ...secrets,
    ]) {
      assert.equal(secret.length, 32);
      assert.ok(!wire.includes(Buffer.from(secret)));
      assert.ok(!wire.includes(Buffer.from(secret).reverse()));
    }
  });
}

test('T8: what keygen gives prints no share and no chain code', async () => {
  const [outcome] = results(await simulateKeygen(parameters, 3)).values();
  assert.ok(outcome);
  const { share, chainCode } = outcome.result;
  for (const text of [inspect(outcome, { depth: 9, showHidden: true }), JSON.stringify(outcome.result.chainCode)]) {
    assert.ok(!text.includes(share.secret.expose().toString()));
    assert.ok(!text.includes(share.secret.expose().toString(16)));
    assert.ok(!text.includes(Buffer.from(chainCode.expose()).toString('hex')));
    assert.match(text, /<redacted>/);
  }
});

test('T8: a failed keygen tells nothing of what honest parties dealt', async () => {
  const wrong = inRound('deal', ({ payload }) => Uint8Array.from(payload, (byte, i) => (i === 31 ? byte ^ 1 : byte)));
  const error = failureOf(await keygenWith(wrong), 1);
  assert.ok(error instanceof Misbehaviour);
  for (const { messages } of error.evidence) for (const { from } of messages) assert.equal(from, CHEAT);
});
