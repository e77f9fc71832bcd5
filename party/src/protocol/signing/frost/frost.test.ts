import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { before, test } from 'node:test';
import { schnorr } from '@noble/curves/secp256k1.js';
import { p2tr } from '@scure/btc-signer';
import { curves, type Point } from '../../curve/curve.ts';
import { Secret } from '../../secret.ts';
import { Misbehaviour } from '../../session/errors.ts';
import { echo } from '../../session/messages.ts';
import type { Party } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { type Adversary, chaotic, results } from '../../session/simulator.ts';
import { assertBlamed, assertMismatch, assertMissing, failureOf } from '../../session/testing/outcomes.ts';
import { groupKey, type KeyShare } from '../../sharing/sharing.ts';
import { makeShares, refreshShares } from '../../sharing/testing/keys.ts';
import { type FrostPurpose, schemes } from '../scheme.ts';
import { xOnly } from '../taproot.ts';
import { frost } from './frost.ts';
import type { FrostMessages } from './messages.ts';
import { type Commitment, SigningNonces } from './nonces.ts';
import { shareOf, simulateSigning } from './testing/signing.ts';

const message = new TextEncoder().encode('what was asked for');
const other = new TextEncoder().encode('what was not asked for');

/** Verifiers from libraries that have no part in signing. They take the untweaked key. */
const verifiers: {
  readonly [purpose in FrostPurpose]: (key: Point, message: Uint8Array, signature: Uint8Array) => boolean;
} = {
  eddsa(key, signed, signature) {
    const x = Buffer.from(curves.ed25519.encodePoint(key)).toString('base64url');
    const openssl = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return verify(null, signed, openssl, signature);
  },
  taproot: (key, signed, signature) => schnorr.verify(signature, signed, p2tr(xOnly(key)).tweakedPubkey),
};

/** An adversary that sends something else instead of its payload of one round, signed as its own. */
const inRound =
  (round: string, change: (payload: Uint8Array, to: PartyId) => readonly Uint8Array[]): Adversary =>
  ({ type, round: current, to, payload }) =>
    type === 'data' && current === round ? change(payload, to) : [payload];

const only = (id: PartyId, adversary: Adversary) => new Map([[id, adversary]]);

for (const purpose of ['eddsa', 'taproot'] as const) {
  const curve = curves[schemes[purpose].curve];
  const protocol = frost(purpose);
  const { commitments, shares } = protocol.messages;
  let keys: readonly KeyShare[] = [];
  let refreshed: readonly KeyShare[] = [];
  const holders = (...ids: PartyId[]) => ids.map(id => shareOf(keys, id));
  const honest = (party: Party<FrostMessages>) => protocol.sign(party, shareOf(keys, party.me), message);
  /** Sends all parties the same commitments, but has no share for them. */
  const cheat = async (party: Party<FrostMessages>, sent: Commitment): Promise<Uint8Array> => {
    await party.broadcast('commitments', sent);
    await party.broadcast('shares', curve.randomScalar());
    throw new Error('what becomes of a cheater does not matter');
  };
  const plusOne = (share: Uint8Array) =>
    shares.codec.encode(curve.addScalars(shares.codec.decode(share), curve.scalar(1n)));
  const wrongShare = inRound('shares', share => [plusOne(share)]);

  before(async () => {
    keys = await makeShares(curve.name, 2, [1, 2, 3]);
    refreshed = await refreshShares(keys);
  });

  test(`T7: ${purpose}: any two of three, and all, sign over a bad network; each gets the same signature`, async () => {
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

  test(`${purpose}: the empty message is signed, and the longest`, async () => {
    for (const extreme of [new Uint8Array(), new Uint8Array(65_536).fill(7)]) {
      const [signed] = results(await simulateSigning(purpose, holders(1, 2), extreme)).values();
      assert.ok(signed && verifiers[purpose](groupKey(shareOf(keys, 1).sharing), extreme, signed.result));
    }
  });

  test(`${purpose}: after a refresh, signatures verify under the same key`, async () => {
    const signed = results(await simulateSigning(purpose, refreshed.slice(1), message));
    for (const { result } of signed.values()) {
      assert.ok(verifiers[purpose](groupKey(shareOf(keys, 1).sharing), message, result));
    }
  });

  test(`${purpose}: fewer than threshold holders begin no session`, async () => {
    const three = await makeShares(curve.name, 3, [1, 2, 3]);
    const simulated = await simulateSigning(purpose, three.slice(1), message);
    for (const id of [2, 3])
      assert.match(String(failureOf(simulated, id)), /RangeError: .* a threshold of 3 with 2 parties/);
  });

  test(`${purpose}: who sends a wrong share is named by all`, async () => {
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, { adversaries: only(2, wrongShare) });
    assertBlamed(simulated, 2, 'signature share', [1, 3]);
  });

  test(`${purpose}: who sends a wrong share to one party is named there, and has signed for the other`, async () => {
    const forOne = inRound('shares', (share, to) => [to === 1 ? plusOne(share) : share]);
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, { adversaries: only(2, forOne) });
    assertBlamed(simulated, 2, 'signature share', [1]);
    assert.equal(simulated.outcomes.get(3)?.status, 'fulfilled');
  });

  test(`${purpose}: of two who send wrong shares both are named`, async () => {
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
      adversaries: new Map([
        [1, wrongShare],
        [3, wrongShare],
      ]),
    });
    const failure = failureOf(simulated, 2);
    assert.ok(failure instanceof Misbehaviour);
    assert.deepEqual(failure.culprits, [1, 3]);
  });

  test(`I4: ${purpose}: who sends a share that is no canonical scalar is named`, async () => {
    const bigEndian = Buffer.from(curve.order.toString(16).padStart(64, '0'), 'hex');
    const order = curve.name === 'ed25519' ? Uint8Array.from(bigEndian).reverse() : bigEndian;
    const tooLarge = new Uint8Array(curve.scalarBytes).fill(255);
    for (const share of [order, tooLarge, new Uint8Array(), new Uint8Array(curve.scalarBytes + 1)]) {
      const adversaries = only(
        3,
        inRound('shares', () => [share]),
      );
      assertBlamed(await simulateSigning(purpose, holders(1, 3), message, { adversaries }), 3, 'encoding', [1]);
    }
  });

  test(`D6, I3: ${purpose}: who commits to the identity, or to no point, is named`, async () => {
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
        protocol: party => (party.me === 1 ? cheat(party, marker) : honest(party)),
      });
      assertBlamed(simulated, 1, 'encoding', [2]);
    }
  });

  test(`D6, I8: ${purpose}: who sends two commitments is named before any share is sent`, async () => {
    const second = commitments.codec.encode({ hiding: curve.base, binding: curve.base });
    const simulated = await simulateSigning(purpose, holders(1, 2), message, {
      adversaries: only(
        2,
        inRound('commitments', first => [first, second]),
      ),
    });
    assertBlamed(simulated, 2, 'equivocation', [1]);
    assert.ok(!simulated.frames.some(({ from, bytes }) => from === 1 && Buffer.from(bytes).includes('shares')));
  });

  test(`D6: ${purpose}: who repeats another's commitments has no share for them and is named`, async () => {
    const seen = Promise.withResolvers<Commitment>();
    const watched = inRound('commitments', payload => {
      seen.resolve(commitments.codec.decode(payload));
      return [payload];
    });
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
      adversaries: only(1, watched),
      protocol: async party => (party.me === 2 ? cheat(party, await seen.promise) : honest(party)),
    });
    assertBlamed(simulated, 2, 'signature share', [1, 3]);
  });

  test(`T3: ${purpose}: who tells parties different commitments is named before any share is sent`, async () => {
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
      assertBlamed(simulated, 2, 'equivocation', [1, 3]);
      const frames = simulated.frames.filter(({ from }) => from !== 2).map(({ bytes }) => Buffer.from(bytes));
      assert.ok(frames.some(frame => frame.includes('commitments')));
      assert.ok(!frames.some(frame => frame.includes('shares')), `seed ${seed}`);
    }
  });

  test(`D7: ${purpose}: who has another message parts before it uses its share, and nobody is blamed`, async () => {
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
      options: (id, { parameters }) =>
        id === 2 ? { parameters: { ...parameters, ...protocol.agreement(shareOf(keys, 2).sharing, other) } } : {},
    });
    assertMismatch(simulated, /message/, [1, 2, 3]);
  });

  test(`D7: ${purpose}: who agrees to one message and signs another is named, and that is not signed`, async () => {
    const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
      protocol: party => protocol.sign(party, shareOf(keys, party.me), party.me === 3 ? other : message),
    });
    assertBlamed(simulated, 3, 'signature share', [1, 2]);
    failureOf(simulated, 3);
  });

  test(`R4: ${purpose}: who is at another epoch is told so, not blamed`, async () => {
    const old = shareOf(keys, 2);
    const mixed = [shareOf(refreshed, 1), old, shareOf(refreshed, 3)];
    const agreement = protocol.agreement(old.sharing, message);
    // the number of an epoch alone must not decide: the same number over another sharing is another epoch
    for (const behind of [{ ...agreement, epoch: 7 }, agreement]) {
      const simulated = await simulateSigning(purpose, mixed, message, {
        options: (id, { parameters }) => (id === 2 ? { parameters: { ...parameters, ...behind } } : {}),
      });
      assertMismatch(simulated, /sharing/, [1, 2, 3]);
    }
  });

  test(`${purpose}: who has a broken share is named, and itself names nobody`, async () => {
    const { sharing, party } = shareOf(keys, 2);
    const broken = { sharing, party, secret: new Secret(curve.scalar(7n)) };
    const simulated = await simulateSigning(purpose, [shareOf(keys, 1), broken], message);
    assertBlamed(simulated, 2, 'signature share', [1]);
    assert.match(String(failureOf(simulated, 2)), /its own share is broken/);
  });

  test(`D5: ${purpose}: who falls silent is missed, not blamed, and the others let go of their nonces`, async t => {
    const letGo = new Set<SigningNonces>();
    const dispose = SigningNonces.prototype[Symbol.dispose];
    SigningNonces.prototype[Symbol.dispose] = function () {
      letGo.add(this);
      dispose.call(this);
    };
    t.after(() => {
      SigningNonces.prototype[Symbol.dispose] = dispose;
    });
    for (const round of ['commitments', 'shares']) {
      const silent = inRound(round, () => []);
      const simulated = await simulateSigning(purpose, holders(1, 2, 3), message, {
        adversaries: only(2, silent),
        protocol: party => (party.me === 2 ? cheat(party, { hiding: curve.base, binding: curve.base }) : honest(party)),
      });
      assertMissing(simulated, [2], [1, 3]);
      assert.equal(letGo.size, 2);
      letGo.clear();
    }
  });

  test(`D5, A3: ${purpose}: the same message signed again is signed with other nonces`, async () => {
    const payloads = new Set<string>();
    const watched = inRound('commitments', payload => {
      payloads.add(Buffer.from(payload).toString('hex'));
      return [payload];
    });
    for (let i = 0; i < 2; i++) {
      await simulateSigning(purpose, holders(1, 2), message, { adversaries: only(1, watched) });
    }
    assert.equal(payloads.size, 2);
  });
}
