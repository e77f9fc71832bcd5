import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Misbehaviour } from '../session/errors.ts';
import type { PartyId } from '../session/party-id.ts';
import type { Adversary, Simulated } from '../session/simulator.ts';
import { failureOf } from '../session/testing/outcomes.ts';
import { keygenMessages } from '../sharing/keygen.ts';
import { simulateKeygen } from '../sharing/testing/keys.ts';
import { interactiveMessages } from '../signing/cggmp24/interactive.ts';
import { inRound } from '../signing/cggmp24/testing/byzantine.ts';
import { reportMisbehaviour } from './report.ts';
import { noStatement } from './statement.ts';
import { CHEAT, changing, twoFaced } from './testing/cheats.ts';
import { curve, fingerprints, identities, identityOf, levels, parameters, presigning } from './testing/material.ts';
import { interactiveWith } from './testing/signing-cheats.ts';
import { verifyEvidence } from './verify-evidence.ts';

function misbehaviourAt(simulated: Simulated<unknown>, party: PartyId): Misbehaviour {
  const failure = failureOf(simulated, party);
  assert.ok(failure instanceof Misbehaviour, String(failure));
  return failure;
}

const reporter = (me: PartyId) => ({ me, signer: identityOf(me), levels });

const messages = interactiveMessages(parameters, curve, 3);
const unproven = changing(messages, 'proveCommitments', ({ k, gamma }) => ({ gamma, k: { ...k, z1: k.z1 + 1n } }));
/** An adversary whose proof to party 1 is wrong, so that party 3 hears of the cheat from party 1 alone. */
const toPartyOne: Adversary = message => (message.to === 1 ? unproven(message) : [message.payload]);

test(
  'a party that heard of a cheat from another one can show it as well, ' +
    'and after its failure came from another thread',
  async () => {
    const { simulated } = await interactiveWith({ signers: [1, 2, 3], adversary: toPartyOne });
    const { check, culprits, evidence, record } = misbehaviourAt(simulated, 3);
    const sent = structuredClone({ check, culprits, evidence, record });
    const failure = new Misbehaviour(sent.check, sent.culprits, sent.evidence, sent.record);
    const [shown = assert.fail()] = await reportMisbehaviour(failure, presigning, reporter(3));
    assert.equal(shown.reporter, 3);
    const verdict = verifyEvidence(shown, fingerprints, levels);
    assert.ok(verdict.confirmed && verdict.culprit === CHEAT);
  },
);

test(
  'evidence is about identities: others than those that were noted refute it, ' + 'and one that was not noted',
  async () => {
    const { simulated } = await interactiveWith({ signers: [1, 2, 3], adversary: twoFaced('data', 'commit') });
    const [shown = assert.fail()] = await reportMisbehaviour(misbehaviourAt(simulated, 1), presigning, reporter(1));
    assert.ok(verifyEvidence(shown, new Map(), levels).confirmed);
    const stranger = new Map([...fingerprints, [3, 'ab'.repeat(32)]] as const);
    const unknown = new Map([...fingerprints].slice(0, 2));
    for (const [noted, why] of [
      [stranger, /the identity of party 3 has the fingerprint [0-9a-f]{64}, not abab/],
      [unknown, /no fingerprint was given for party 3/],
    ] as const) {
      const verdict = verifyEvidence(shown, noted, levels);
      assert.ok(!verdict.confirmed);
      assert.match(verdict.reason, why);
    }
  },
);

const key = { curve: 'secp256k1', threshold: 2 } as const;
const keygenWith = (adversary: Adversary) =>
  simulateKeygen(key, 3, { signers: identities, adversaries: new Map([[CHEAT, adversary]]) });

test('of a share that was dealt wrongly nothing is shown, for it would show the share', async () => {
  const rounds = Object.entries(keygenMessages(key)).filter(([, { kind }]) => kind === 'direct');
  assert.ok(rounds.length > 0);
  for (const [round] of rounds) {
    const simulated = await keygenWith(
      inRound(round, payload => payload.map((byte, i) => (i === 31 ? byte ^ 1 : byte))),
    );
    const failure = misbehaviourAt(simulated, 1);
    assert.ok(failure.evidence.length > 0);
    assert.deepEqual(await reportMisbehaviour(failure, noStatement, reporter(1)), []);
    const dealt = failure.evidence.flatMap(({ messages: sent }) =>
      sent.map(({ payload }) => Buffer.from(payload ?? '')),
    );
    assert.ok(dealt.length > 0 && dealt.every(({ length }) => length >= 32));
    const kept = failure.record?.rounds.flatMap(({ messages: said, views }) => [...said, ...views]) ?? [];
    for (const { payload } of kept) assert.ok(dealt.every(share => !Buffer.from(payload ?? '').includes(share)));
  }
});

test('who says two things in any protocol is shown, by headers alone', async () => {
  const [round = assert.fail()] = Object.keys(keygenMessages(key));
  const failure = misbehaviourAt(await keygenWith(twoFaced('data', round)), 1);
  const [shown = assert.fail()] = await reportMisbehaviour(failure, noStatement, reporter(1));
  assert.ok(verifyEvidence(shown, fingerprints, levels).confirmed);
  assert.ok(shown.messages.every(({ payload }) => payload === undefined));
});

test('a failure without the record of its session shows nothing', async () => {
  const { simulated } = await interactiveWith({ signers: [1, 2, 3], adversary: twoFaced('data', 'commit') });
  const { check, culprits, evidence } = misbehaviourAt(simulated, 1);
  assert.deepEqual(await reportMisbehaviour(new Misbehaviour(check, culprits, evidence), presigning, reporter(1)), []);
});
