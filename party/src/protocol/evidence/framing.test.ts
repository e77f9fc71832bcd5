/**
 * Rows A5, P1, T3 of the attack list: evidence against an honest party, made by other parties that would do anything to
 * have the party convicted.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Envelope, openSigned, signMessage, withPayload } from '../session/envelope.ts';
import { Misbehaviour } from '../session/errors.ts';
import type { Evidence, SessionRecord, SignedMessage } from '../session/signed-message.ts';
import { failureOf } from '../session/testing/outcomes.ts';
import { encodeView } from '../session/view.ts';
import { auxInfoMessages } from '../signing/cggmp24/aux-info-messages.ts';
import { interactiveMessages } from '../signing/cggmp24/interactive.ts';
import type { Opening } from '../signing/cggmp24/presign-messages.ts';
import { hex, unhex } from './fields.ts';
import type { ShownMessage, UnsignedEvidence } from './format.ts';
import { draftReport, reportMisbehaviour, signReport } from './report.ts';
import { noStatement, type Statement } from './statement.ts';
import { auxInfoWith } from './testing/aux-cheats.ts';
import { accusing, changing, type Ended, instead, overlooking } from './testing/cheats.ts';
import { curve, fingerprints, identityOf, levels, parameters, secretOf } from './testing/material.ts';
import { interactiveWith, offlineWith, onlineWith } from './testing/signing-cheats.ts';
import { verifyEvidence } from './verify-evidence.ts';

const LIAR = 1;
const reporter = { me: LIAR, signer: identityOf(LIAR), levels };

/** What party 1 holds after a session, and the accusations that party 1 would make. */
interface Accusations {
  readonly failure: Misbehaviour;
  readonly record: SessionRecord;
  readonly accusations: readonly Evidence[];
  readonly statement: Statement;
}

async function accuse(run: (accusations: Evidence[]) => Promise<Ended>): Promise<Accusations> {
  const accusations: Evidence[] = [];
  const { simulated, statement } = await run(accusations);
  const failure = failureOf(simulated, LIAR);
  assert.ok(failure instanceof Misbehaviour && failure.record, String(failure));
  return { failure, record: failure.record, accusations, statement };
}

const only = (checks: readonly string[], all: Accusations): Accusations => ({
  ...all,
  accusations: all.accusations.filter(({ check }) => checks.includes(check)),
});

/** Signs a report as the liar, and returns why the report convicts nobody. */
async function acquittal(report: UnsignedEvidence): Promise<string> {
  const verdict = verifyEvidence(await signReport(report, reporter.signer), fingerprints, levels);
  assert.ok(!verdict.confirmed, `an honest party is convicted of ${report.check}`);
  return verdict.reason;
}

const auxiliary = await accuse(list =>
  auxInfoWith({ as: party => (party.me === LIAR ? accusing(party, 'result', list) : party) }),
);
const interactive = await accuse(list =>
  interactiveWith({ as: party => (party.me === LIAR ? accusing(party, 'partial signature', list) : party) }),
);
const offline = await accuse(list =>
  offlineWith({ as: party => (party.me === LIAR ? accusing(party, 'elog of Delta', list) : party) }),
);
const online = await accuse(list =>
  onlineWith({ as: party => (party.me === LIAR ? accusing(party, 'partial signature', list) : party) }),
);
/** A session that the liar has spoiled, which party 2 overlooks. */
const alert = await accuse(list =>
  interactiveWith({
    as: party => {
      if (party.me !== LIAR) return overlooking(party);
      const more = (own: Opening) => ({ ...own, delta: curve.addScalars(own.delta, curve.scalar(1n)) });
      const spoiling = instead(party, {
        broadcast: (round, message) =>
          // the message of the round `open` is an Opening
          party.broadcast(round, round === 'open' ? (more(message as Opening) as typeof message) : message),
      });
      return accusing(spoiling, 'products', list);
    },
  }),
);

for (const [name, { record, accusations, statement, failure }] of Object.entries({
  ...{ auxiliary, offline, online },
  interactive: only(['aff-g', 'partial signature'], interactive),
  alert: only(['opening', 'products'], alert),
})) {
  test(`A5: of what an honest party says in a session (${name}), no check makes evidence`, async () => {
    const checks = [...new Set(accusations.map(({ check }) => check))];
    assert.ok(checks.length >= 2);
    for (const accusation of accusations) {
      const own = draftReport(record, accusation, statement, LIAR, levels);
      assert.match(await acquittal(own), /passes the check|was over before/, accusation.check);
      for (const check of ['encoding', 'view', ...checks.filter(other => other !== accusation.check)])
        await acquittal(draftReport(record, { ...accusation, check }, statement, LIAR, levels));
    }
    assert.deepEqual(await reportMisbehaviour(failure, statement, reporter), []);
  });
}

/** The evidence that would convict party 2 of failing a check if party 2 were not honest. */
function draft({ record, accusations, statement }: Accusations, check: string): UnsignedEvidence {
  const accusation = accusations.find(({ check: name, messages }) => name === check && messages[0]?.from === 2);
  assert.ok(accusation);
  return draftReport(record, accusation, statement, LIAR, levels);
}

const shownOf = ({ header, signed, signature, payload }: Envelope): ShownMessage => ({
  from: header.from,
  signed: hex(signed),
  signature: hex(signature),
  payload: hex(payload),
});

function open(message: SignedMessage): Envelope {
  const header = openSigned(identityOf(message.from).publicKey, message);
  assert.ok(header && message.payload);
  return { ...message, header, payload: message.payload };
}

const opened = ({ from, signed, signature, payload }: ShownMessage): Envelope =>
  open({ from, signed: unhex(signed), signature: unhex(signature), payload: unhex(payload ?? assert.fail()) });

const { commit } = interactiveMessages(parameters, curve, 2);

/** The rounds of a report, and the messages of the first round if the liar had committed to something else. */
async function commitments({ rounds }: UnsignedEvidence) {
  const [first = assert.fail(), ...others] = rounds;
  const [own = assert.fail(), ...theirs] = first.messages;
  const { header, payload } = opened(own);
  const said = commit.codec.decode(payload);
  const instead = await signMessage(identityOf(LIAR), header, commit.codec.encode({ ...said, K: said.G }));
  return { first, others, messages: [shownOf(instead), ...theirs] };
}

test('A5: what another party signs after the session, in the place of what it said, convicts nobody', async () => {
  const report = draft(interactive, 'aff-g');
  const { first, others, messages } = await commitments(report);
  const rounds = [{ ...first, messages }, ...others];
  assert.match(await acquittal({ ...report, rounds }), /says that it received something else in commit/);
});

test('A5: nor does it if that party signs that this is what was received', async () => {
  const report = draft(interactive, 'aff-g');
  const { first, others, messages } = await commitments(report);
  const place = { ...opened(first.view).header, from: LIAR };
  const payload = encodeView(new Map(messages.map(message => [message.from, opened(message)])));
  const view = shownOf(await signMessage(identityOf(LIAR), place, payload));
  const rounds = [{ ...first, messages, view }, ...others];
  assert.match(await acquittal({ ...report, rounds }), /not what party 2 says that it received in commit/);
});

test('A5: what was said in one session convicts nobody of another one', async () => {
  const [report, elsewhere] = [draft(interactive, 'aff-g'), draft(alert, 'aff-g')];
  assert.match(await acquittal({ ...report, messages: elsewhere.messages }), /is none that this check is made of/);
});

test('A5: other auxiliary information than the parties meant convicts nobody', async () => {
  const report = draft(interactive, 'enc-elg');
  assert.ok(report.statement.of === 'presigning');
  const [own = assert.fail(), ...theirs] = report.statement.auxiliary;
  const [theirRing = assert.fail()] = theirs;
  const { ringN, s, t } = theirRing;
  const statement = { ...report.statement, auxiliary: [{ ...own, ringN, s, t }, ...theirs] };
  assert.match(await acquittal({ ...report, statement }), /was about another auxiliary/);
});

test('A5: who said hello to three is not convicted of a false view of two', async () => {
  const { record } = await accuse(list =>
    interactiveWith({
      signers: [1, 2, 3],
      as: party => (party.me === LIAR ? accusing(party, 'enc-elg', list) : party),
    }),
  );
  const hellos = new Map(record.hellos.map(hello => [hello.from, open(hello)]));
  const hello = hellos.get(2) ?? assert.fail();
  const place = { ...hello.header, type: 'view', sequence: 1 } as const;
  const view = withPayload(await signMessage(identityOf(2), place, encodeView(hellos)));
  const { parameters } = record;
  const fewer = { ...parameters, members: parameters.members.slice(0, 2) };
  const accusation = { check: 'view', messages: [view] };
  const report = draftReport({ ...record, parameters: fewer }, accusation, noStatement, LIAR, levels);
  assert.match(await acquittal(report), /do not agree on members/);
});

test('P1: who copies the modulus of another in its reveal cannot accuse the other of copying', async () => {
  const messages = auxInfoMessages(parameters);
  const { paillier } = secretOf(2);
  const copying = await accuse(list =>
    auxInfoWith({
      cheat: LIAR,
      adversary: changing(messages, 'reveal', reveal => ({ ...reveal, n: paillier.n })),
      as: party => (party.me === LIAR ? accusing(party, 'parameters', list) : overlooking(party)),
    }),
  );
  assert.match(await acquittal(draft(copying, 'parameters')), /was over before: party 1 fails the check commitment/);
});
