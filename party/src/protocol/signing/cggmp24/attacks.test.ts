/** Rows A4, A5, A6, F6, I1, I7, P1, P3 of the attack list against auxiliary information and signing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { curves } from '../../curve/curve.ts';
import { Misbehaviour } from '../../session/errors.ts';
import type { Party, Received } from '../../session/party.ts';
import { assertBlamed, failureOf } from '../../session/testing/outcomes.ts';
import { groupKey } from '../../sharing/sharing.ts';
import { makeShares } from '../../sharing/testing/keys.ts';
import { DataToSign } from '../data-to-sign.ts';
import { auxInfo } from './aux-info.ts';
import { auxInfoMessages } from './aux-info-messages.ts';
import type { SecretAuxiliary } from './auxiliary.ts';
import { type InteractiveMessages, interactiveMessages } from './interactive.ts';
import { RingPedersenSecret } from './paillier/ring-pedersen.ts';
import type { Multiplications, Opening } from './presign-messages.ts';
import { assertSound, byzantine, inRound } from './testing/byzantine.ts';
import { testKey, testParameters, testRing } from './testing/parameters.ts';
import { makeAuxiliary, simulateAuxInfo, simulateOffline, simulateSigning } from './testing/simulations.ts';

const CHEAT = 2;
const HONEST = [1, 3];
const curve = curves.secp256k1;

describe('auxiliary information', () => {
  const { reveal, prove } = auxInfoMessages(testParameters);

  const cheatingWith = (secret: SecretAuxiliary) =>
    simulateAuxInfo(3, {
      protocol: party => {
        const honest = { paillier: testKey(2 * party.me - 2), ring: testRing(2 * party.me - 1) };
        return auxInfo(party, party.me === CHEAT ? secret : honest, testParameters);
      },
    });
  const changing = (round: string, change: (payload: Uint8Array) => Uint8Array) =>
    simulateAuxInfo(3, { adversaries: new Map([[CHEAT, inRound(round, change)]]) });

  test('F6: who reveals another modulus than it has committed to is named', async () => {
    const other = await changing('reveal', payload => {
      const revealed = reveal.codec.decode(payload);
      return reveal.codec.encode({ ...revealed, n: testKey(8).n });
    });
    assertBlamed(other, CHEAT, 'commitment', HONEST);
  });

  test('P1: one modulus for two uses is refused, and its owner named', async () => {
    const twice = await cheatingWith({ paillier: testKey(8), ring: testRing(8) });
    assertBlamed(twice, CHEAT, 'parameters', HONEST);
  });

  test('P1: two parties with one modulus are both named by the third', async () => {
    const shared = await cheatingWith({ paillier: testKey(0), ring: testRing(3) });
    const failure = failureOf(shared, 3);
    assert.ok(failure instanceof Misbehaviour);
    assert.deepEqual(failure.culprits, [1, 2]);
  });

  test('P3: bases of which nobody has proven that one is a power of the other are refused', async () => {
    const ring = testRing(3);
    const { lambda, order } = ring.witness();
    const unproven = await cheatingWith({
      paillier: testKey(2),
      ring: new RingPedersenSecret(ring.ring, lambda + 1n, order),
    });
    assertBlamed(unproven, CHEAT, 'prm', HONEST);
  });

  test('P1, P2: a proof of the modulus that does not hold names who sent it', async () => {
    const wrong = await changing('prove', payload => {
      const proofs = prove.codec.decode(payload);
      const responses = proofs.mod.responses.map(response => ({ ...response, a: !response.a }));
      return prove.codec.encode({ ...proofs, mod: { ...proofs.mod, responses } });
    });
    assertBlamed(wrong, CHEAT, 'mod', HONEST);
  });

  test(
    'P1: a proof of its factors that does not hold names who sent it, ' + 'to all and not only to its verifier',
    async () => {
      const wrong = await simulateAuxInfo(3, {
        adversaries: new Map([
          [
            CHEAT,
            inRound('prove', (payload, { to }) => {
              const proofs = prove.codec.decode(payload);
              return to === 1
                ? prove.codec.encode({ ...proofs, fac: { ...proofs.fac, v: proofs.fac.v + 1n } })
                : payload;
            }),
          ],
        ]),
      });
      assertBlamed(wrong, CHEAT, 'fac', HONEST);
    },
  );

  test('I1, I7: fewer repetitions, and a megabyte, are no message', async () => {
    const fewer = auxInfoMessages({ ...testParameters, challengeBits: 16 }).prove.codec;
    const short = await changing('prove', payload => {
      const { mod, fac } = prove.codec.decode(payload);
      return fewer.encode({ mod: { ...mod, responses: mod.responses.slice(0, 16) }, fac });
    });
    assertBlamed(short, CHEAT, 'encoding', HONEST);
  });
});

describe('signing', async () => {
  const auxiliary = await makeAuxiliary(3);
  const shares = await makeShares('secp256k1', 2, 3);
  const [first = assert.fail()] = shares;
  const messages = interactiveMessages(testParameters, curve, 3);
  const message = Buffer.from('a payment');
  const data = DataToSign.of(message, 'sha256');
  const signing = { shares, auxiliary, signers: [1, 2, 3], data };

  const rounds = ['commit', 'proveCommitments', 'multiply', 'proveProducts', 'open', 'partial'] as const;
  for (const round of rounds) {
    test(
      `A4, A5: whatever one signer changes in ${round}, ` +
        'no wrong signature comes out, ' +
        'and nobody else is named',
      async () => {
        for (const at of [0.2, 0.7]) {
          const { adversary, changed } = byzantine(messages, round, at);
          const { outcomes } = await simulateSigning(signing, { adversaries: new Map([[CHEAT, adversary]]) });
          for (const id of HONEST) {
            const what = `party ${id}, ${round}: ${changed()}`;
            assertSound(outcomes.get(id), { key: groupKey(first.sharing), message, cheat: CHEAT, what });
          }
        }
      },
    );
  }

  type SigningParty = Party<InteractiveMessages>;
  const instead = (party: SigningParty, changes: Partial<SigningParty>): SigningParty => ({
    ...{ me: party.me, parties: party.parties, others: party.others, context: party.context },
    exchange: party.exchange.bind(party),
    check: party.check.bind(party),
    broadcast: party.broadcast.bind(party),
    ...changes,
  });
  /** A party that opens something else than its own share, and keeps the same in its own view. */
  const opening = (party: SigningParty, change: (opening: Opening) => Opening): SigningParty =>
    instead(party, {
      broadcast: (round, message) =>
        // what is broadcast in the round `open` is an Opening
        party.broadcast(round, round === 'open' ? (change(message as Opening) as typeof message) : message),
    });

  for (const [name, change] of [
    ['k·γ', (own: Opening) => ({ ...own, delta: curve.addScalars(own.delta, curve.scalar(1n)) })],
    ['k·x', (own: Opening) => ({ ...own, S: curve.addPoints(own.S, curve.base) })],
  ] as const) {
    test(`A5: who opens another share of ${name} than it has is named, though every proof of its holds`, async () => {
      const simulated = await simulateSigning(signing, {}, party =>
        party.me === CHEAT ? opening(party, change) : party,
      );
      assertBlamed(simulated, CHEAT, 'opening', HONEST);
    });
  }

  test('A5: who opens 0 for its share of k·γ is named: it cannot prove it, and has said nothing', async () => {
    const nothing = inRound('open', payload =>
      Uint8Array.from(payload, (byte, i) => (i < curve.scalarBytes ? 0 : byte)),
    );
    const adversaries = new Map([[CHEAT, nothing]]);
    assertBlamed(await simulateSigning(signing, { adversaries }), CHEAT, 'encoding', HONEST);
    assertBlamed(await simulateOffline(signing, { adversaries }), CHEAT, 'encoding', HONEST);
  });

  test('A5: a presignature that is spoiled is not used, even if nobody can be shown to have spoiled it', async () => {
    const more = (own: Opening) => ({ ...own, delta: curve.addScalars(own.delta, curve.scalar(1n)) });
    const simulated = await simulateSigning(signing, {}, party =>
      instead(party.me === CHEAT ? opening(party, more) : party, { check: () => {} }),
    );
    for (const id of HONEST) assert.match(String(failureOf(simulated, id)), /^PresignAborted: .* by nobody/);
  });

  test('nothing is opened of a nonce that is 0, and nobody named', async () => {
    const simulated = await simulateSigning(signing, {}, party =>
      instead(party, {
        check: () => {},
        async broadcast(round, message) {
          assert.notEqual(round, 'open');
          const received = await party.broadcast(round, message);
          if (round !== 'multiply') return received;
          // what is broadcast in the round `multiply` are Multiplications
          const shown = [...(received as unknown as Received<Multiplications>)];
          const others = curve.addPoints(...shown.slice(1).map(([, { Gamma }]) => Gamma));
          const Gamma = curve.multiply(others, curve.scalar(-1n));
          const changed = shown.map(([id, sent], i) => [id, i === 0 ? { ...sent, Gamma } : sent] as const);
          return new Map(changed) as unknown as typeof received;
        },
      }),
    );
    for (const id of signing.signers)
      assert.match(String(failureOf(simulated, id)), /^PresignAborted: the nonce point/);
  });

  test('A5: a wrong partial signature names exactly its signer', async () => {
    const wrong = inRound('partial', payload =>
      messages.partial.codec.encode(curve.addScalars(messages.partial.codec.decode(payload), curve.scalar(1n))),
    );
    assertBlamed(
      await simulateSigning(signing, { adversaries: new Map([[CHEAT, wrong]]) }),
      CHEAT,
      'partial signature',
      HONEST,
    );
  });
});
