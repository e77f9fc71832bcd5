import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { before, test } from 'node:test';
import { schnorr } from '@noble/curves/secp256k1.js';
import { p2tr } from '@scure/btc-signer';
import { curves, type Point } from '../../curve/curve.ts';
import { Secret } from '../../secret.ts';
import { ContextMismatch, Misbehaviour, type PartyId, Timeout } from '../../session/errors.ts';
import { echo } from '../../session/messages.ts';
import type { Party } from '../../session/party.ts';
import { type Adversary, chaotic, results, type Simulated } from '../../session/simulator.ts';
import { groupKey, type KeyShare } from '../../sharing/sharing.ts';
import { makeShares, refreshShares } from '../../sharing/testing/keys.ts';
import { type Purpose, schemes } from '../scheme.ts';
import { xOnly } from '../taproot.ts';
import { frost } from './frost.ts';
import type { FrostMessages } from './messages.ts';
import type { Commitment } from './nonces.ts';
import { shareOf, simulateSigning } from './testing/signing.ts';

const message = new TextEncoder().encode('what was asked for');
const other = new TextEncoder().encode('what was not asked for');

/** By libraries that have no part in signing, from the untweaked key. */
const verifiers: {
  readonly [purpose in Purpose]: (key: Point, message: Uint8Array, signature: Uint8Array) => boolean;
} = {
  eddsa(key, signed, signature) {
    const x = Buffer.from(curves.ed25519.encodePoint(key)).toString('base64url');
    const openssl = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, signed, openssl, signature);
  },
  taproot: (key, signed, signature) => schnorr.verify(signature, signed, p2tr(xOnly(key)).tweakedPubkey),
};

/** What an adversary changes of its payload in one round: all variants are signed as its own. */
const inRound =
  (round: string, change: (payload: Uint8Array, to: PartyId) => readonly Uint8Array[]): Adversary =>
  ({ type, round: current, to, payload }) =>
    type === 'data' && current === round ? change(payload, to) : [payload];

const only = (id: PartyId, adversary: Adversary) => new Map([[id, adversary]]);

function failures(simulated: Simulated<Uint8Array>): ReadonlyMap<PartyId, unknown> {
  return new Map(
    [...simulated.outcomes].flatMap(([id, outcome]) => (outcome.status === 'rejected' ? [[id, outcome.reason]] : [])),
  );
}

/** All parties but the culprits themselves name exactly these. */
function assertNamed(simulated: Simulated<Uint8Array>, culprits: readonly PartyId[], check: RegExp): void {
  for (const [id, outcome] of simulated.outcomes) {
    if (culprits.includes(id)) continue;
    assert.ok(outcome.status === 'rejected', `party ${id} has a signature`);
    assert.ok(outcome.reason instanceof Misbehaviour, `party ${id}: ${outcome.reason}`);
    assert.deepEqual(outcome.reason.culprits, culprits);
    assert.match(outcome.reason.message, check);
    assert.ok(outcome.reason.evidence.length > 0);
  }
}

for (const purpose of ['eddsa', 'taproot'] as const) {
  const curve = curves[schemes[purpose].curve];
  const protocol = frost(purpose);
  const { commitments, shares } = protocol.messages;
  const plusOne = (share: Uint8Array) =>
    shares.codec.encode(curve.addScalars(shares.codec.decode(share), curve.scalar(1n)));
  let keys: readonly KeyShare[] = [];
  let refreshed: readonly KeyShare[] = [];
  const holders = (...ids: PartyId[]) => ids.map(id => shareOf(keys, id));

  before(async () => {
    keys = await makeShares(curve.name, 2, [1, 2, 3]);
    refreshed = await refreshShares(keys);
  });

  test(`${purpose}: any two of three, and all, sign over a bad network; each gets the same signature`, async () => {
    for (const [seed, ids] of [
      [1, 2],
      [1, 3],
      [2, 3],
      [1, 2, 3],
    ].entries()) {
      const simulated = await simulateSigning(purpose, holders(...ids), message, { network: chaotic, seed });
      const signatures = [...results(simulated).values()].map(({ result }) => result);
      assert.equal(signatures.length, ids.length);
      for (const signature of signatures) {
        assert.deepEqual(signature, signatures[0]);
        assert.ok(verifiers[purpose](groupKey(shareOf(keys, 1).sharing), message, signature));
      }
    }
  });

  test(`${purpose}: after a refresh, signatures verify under the same key`, async () => {
    const signed = results(await simulateSigning(purpose, refreshed.slice(1), message));
    for (const { result } of signed.values()) {
      assert.ok(verifiers[purpose](groupKey(shareOf(keys, 1).sharing), message, result));
    }
  });

  test(`${purpose}: fewer than threshold holders do not sign, and nobody is blamed`, async () => {
    const [a, b, c] = await makeShares(curve.name, 3, [1, 2, 3]);
    assert.ok(a && b && c);
    for (const reason of failures(await simulateSigning(purpose, [a, b], message)).values()) {
      assert.ok(reason instanceof ContextMismatch);
      assert.match(reason.message, /it takes 3 of 1, 2, 3/);
    }
  });

  test(`${purpose}: a wrong share gets its sender named by all`, async () => {
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
      adversaries: only(
        2,
        inRound('shares', payload => [plusOne(payload)]),
      ),
    });
    assertNamed(simulated, [2], /signature share/);
  });

  test(`${purpose}: a wrong share for one party only gets its sender named there, and serves the other`, async () => {
    const { outcomes } = await simulateSigning(purpose, holders(1, 2, 3), message, {
      adversaries: only(
        2,
        inRound('shares', (payload, to) => [to === 1 ? plusOne(payload) : payload]),
      ),
    });
    const [one, three] = [outcomes.get(1), outcomes.get(3)];
    assert.ok(one?.status === 'rejected' && one.reason instanceof Misbehaviour);
    assert.deepEqual(one.reason.culprits, [2]);
    assert.ok(three?.status === 'fulfilled');
  });

  test(`${purpose}: of two wrong shares both senders are named`, async () => {
    const wrong = inRound('shares', payload => [plusOne(payload)]);
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
      adversaries: new Map([
        [1, wrong],
        [3, wrong],
      ]),
    });
    assertNamed(simulated, [1, 3], /signature share/);
  });

  test(`${purpose}, I4: a share that is no canonical scalar gets its sender named`, async () => {
    const bigEndian = Buffer.from(curve.order.toString(16).padStart(64, '0'), 'hex');
    const order = curve.name === 'ed25519' ? Uint8Array.from(bigEndian).reverse() : bigEndian;
    const tooLarge = new Uint8Array(curve.scalarBytes).fill(255);
    for (const share of [order, tooLarge, new Uint8Array(), new Uint8Array(curve.scalarBytes + 1)]) {
      const simulated = await simulateSigning(purpose, holders(1, 3), message, {
        adversaries: only(
          3,
          inRound('shares', () => [share]),
        ),
      });
      assertNamed(simulated, [3], /encoding/);
    }
  });

  /** Tells all the same, but has no share for it. */
  const cheat = async (party: Party<FrostMessages>, sent: Commitment): Promise<Uint8Array> => {
    await party.broadcast('commitments', sent);
    await party.broadcast('shares', curve.randomScalar());
    throw new Error('what becomes of a cheater does not matter');
  };

  test(`${purpose}, D6, I3: commitments that hold the identity or no point get their sender named`, async () => {
    const identity = new Uint8Array(curve.pointBytes);
    if (curve.name === 'ed25519') identity[0] = 1;
    const valid = curve.encodePoint(curve.base);
    for (const bad of [
      Buffer.concat([identity, valid]),
      Buffer.concat([valid, identity]),
      Buffer.concat([valid, Buffer.alloc(curve.pointBytes, 0xff)]),
      valid,
    ]) {
      const marker: Commitment = { hiding: curve.base, binding: curve.base };
      const encode = (commitment: Commitment) => (commitment === marker ? bad : commitments.codec.encode(commitment));
      const simulated = await simulateSigning(purpose, holders(1, 2), message, {
        messages: { ...protocol.messages, commitments: echo({ ...commitments.codec, encode }) },
        protocol: party =>
          party.me === 1 ? cheat(party, marker) : protocol.sign(party, shareOf(keys, party.me), message),
      });
      assertNamed(simulated, [1], /encoding/);
    }
  });

  test(`${purpose}, D6: who repeats another's commitments has no share for them and is named`, async () => {
    const seen = Promise.withResolvers<Commitment>();
    const watched = inRound('commitments', payload => {
      seen.resolve(commitments.codec.decode(payload));
      return [payload];
    });
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
      adversaries: only(1, watched),
      protocol: async party =>
        party.me === 2 ? cheat(party, await seen.promise) : protocol.sign(party, shareOf(keys, party.me), message),
    });
    assertNamed(simulated, [2], /signature share/);
  });

  test(`${purpose}, T3: who tells parties different commitments is named before any share is sent`, async () => {
    const swapped = inRound('commitments', (payload, to) => {
      const { hiding, binding } = commitments.codec.decode(payload);
      return [to === 1 ? payload : commitments.codec.encode({ hiding: binding, binding: hiding })];
    });
    for (let seed = 0; seed < 12; seed++) {
      const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
        adversaries: only(2, swapped),
        network: chaotic,
        seed,
      });
      assertNamed(simulated, [2], /equivocation/);
      const frames = simulated.frames.filter(({ from }) => from !== 2).map(({ bytes }) => Buffer.from(bytes));
      assert.ok(frames.some(frame => frame.includes('commitments')));
      assert.ok(!frames.some(frame => frame.includes('shares')), `seed ${seed}`);
    }
  });

  test(`${purpose}, D7: a party that was given another message parts before it uses its share, and nobody is blamed`, async () => {
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
      options: (id, { parameters }) => {
        if (id !== 2) return {};
        return { parameters: { ...parameters, ...protocol.agreement(shareOf(keys, 2).sharing, other) } };
      },
    });
    assert.deepEqual([...failures(simulated).keys()], [1, 2, 3]);
    for (const reason of failures(simulated).values()) {
      assert.ok(reason instanceof ContextMismatch, `${reason}`);
      assert.match(reason.message, /message/);
    }
  });

  test(`${purpose}, D7: who agrees to one message and signs another is named, and the other is not signed`, async () => {
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
      protocol: party => protocol.sign(party, shareOf(keys, party.me), party.me === 3 ? other : message),
    });
    for (const id of [1, 2]) {
      const reason = failures(simulated).get(id);
      assert.ok(reason instanceof Misbehaviour);
      assert.deepEqual(reason.culprits, [3]);
    }
    assert.ok(failures(simulated).has(3));
  });

  test(`${purpose}, R4: who is at another epoch is told so, not blamed`, async () => {
    const old = shareOf(keys, 2);
    const mixed = [shareOf(refreshed, 1), old, shareOf(refreshed, 3)];
    const epochs = [
      { epoch: 2, ...protocol.agreement(old.sharing, message) },
      // though the numbers be the same, the sharings are not
      protocol.agreement(old.sharing, message),
    ];
    for (const behind of epochs) {
      const simulated = await simulateSigning(purpose, mixed, message, {
        options: (id, { parameters }) => (id === 2 ? { parameters: { ...parameters, ...behind } } : {}),
      });
      assert.deepEqual([...failures(simulated).keys()], [1, 2, 3]);
      for (const reason of failures(simulated).values()) {
        assert.ok(reason instanceof ContextMismatch, `${reason}`);
        assert.match(reason.message, /sharing/);
      }
    }
  });

  test(`${purpose}: a party whose share is broken blames nobody else`, async () => {
    const { sharing, party } = shareOf(keys, 2);
    const broken = { sharing, party, secret: new Secret(curve.scalar(7n)) };
    const simulated = await simulateSigning(purpose, [shareOf(keys, 1), broken], message);
    assertNamed(simulated, [2], /signature share/);
    const own = failures(simulated).get(2);
    assert.ok(own instanceof Error);
    if (own instanceof Misbehaviour) assert.deepEqual(own.culprits, [2]);
    else assert.match(own.message, /its own share is broken/);
  });

  test(`${purpose}, D5: who falls silent is missed, not blamed, and the others let go of their nonces`, async () => {
    for (const round of ['commitments', 'shares']) {
      const unwound = new Set<PartyId>();
      const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
        adversaries: only(
          2,
          inRound(round, () => []),
        ),
        protocol: party => protocol.sign(party, shareOf(keys, party.me), message).finally(() => unwound.add(party.me)),
      });
      for (const id of [1, 3]) {
        const reason = failures(simulated).get(id);
        assert.ok(reason instanceof Timeout, `${reason}`);
        assert.deepEqual(reason.missing, [2]);
        assert.ok(unwound.has(id));
      }
    }
  });

  test(`${purpose}, D5, A3: the same message signed again is signed with other nonces`, async () => {
    const payloads = new Set<string>();
    const watching = inRound('commitments', payload => {
      payloads.add(Buffer.from(payload).toString('hex'));
      return [payload];
    });
    for (let i = 0; i < 2; i++) {
      await simulateSigning(purpose, holders(1, 2), message, { adversaries: only(1, watching) });
    }
    assert.equal(payloads.size, 2);
  });
}
