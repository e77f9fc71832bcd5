/** Makes evidence of the misbehaviour that a session has found, for those who were not in the session. */
import { sessionContext } from '../session/context.ts';
import type { Misbehaviour } from '../session/errors.ts';
import { sessionId } from '../session/hello.ts';
import { ENCODING } from '../session/judge.ts';
import type { PartyId } from '../session/party-id.ts';
import type { Evidence, SessionRecord, SignedMessage } from '../session/signed-message.ts';
import type { Signer } from '../session/signer.ts';
import { EQUIVOCATION } from '../session/view.ts';
import { cggmpParameters } from '../signing/cggmp24/parameters.ts';
import { showAbsorbable } from './absorbable.ts';
import { hex } from './fields.ts';
import {
  type EvidenceObject,
  readEvidence,
  reportedBytes,
  type ShownMessage,
  type ShownRound,
  type ShownSession,
  type UnsignedEvidence,
} from './format.ts';
import { isOfProtocol } from './judge-evidence.ts';
import { identitiesOf, isOfHandshake, open } from './open.ts';
import { type Levels, publicChecksOf } from './public-checks.ts';
import { isAboutEvidence, refuse } from './refusal.ts';
import { noStatement, type Statement } from './statement.ts';
import { verifyEvidence } from './verify-evidence.ts';

export interface Reporter {
  readonly me: PartyId;
  readonly signer: Signer;
  readonly levels?: Levels;
}

/**
 * Returns evidence against each culprit whose misbehaviour can be shown to anybody. There is none if that would take a
 * secret, such as a share that was dealt to this party. Each object is verified before it is returned.
 * @param statement the inputs of the session that were not shown in it
 */
export async function reportMisbehaviour(
  failure: Misbehaviour,
  statement: Statement,
  { me, signer, levels = cggmpParameters }: Reporter,
): Promise<readonly EvidenceObject[]> {
  const { record } = failure;
  if (record === undefined) return [];
  const confirmed: EvidenceObject[] = [];
  for (const item of failure.evidence) {
    const draft = tryDraft(() => draftReport(record, item, statement, me, levels));
    // the report is judged as other parties will judge it: from its text
    const read = draft && readEvidence(JSON.stringify(await signReport(draft, signer)));
    if (read && 'evidence' in read && verifyEvidence(read.evidence, new Map(), levels).confirmed)
      confirmed.push(read.evidence);
  }
  return confirmed;
}

export const signReport = async (report: UnsignedEvidence, signer: Signer): Promise<EvidenceObject> => ({
  ...report,
  signature: hex(await signer.sign(reportedBytes(report))),
});

function tryDraft(draft: () => UnsignedEvidence): UnsignedEvidence | undefined {
  try {
    return draft();
  } catch (error) {
    if (isAboutEvidence(error)) return undefined;
    throw error;
  }
}

/**
 * Drafts the report of a misbehaviour.
 * @throws Refusal if the misbehaviour cannot be shown to others; RangeError, EncodingError
 */
export function draftReport(
  record: SessionRecord,
  { check, messages }: Evidence,
  statement: Statement,
  me: PartyId,
  levels: Levels,
): UnsignedEvidence {
  const session = showSession(record);
  const shown = check === EQUIVOCATION ? contradiction(messages) : messages.map(showMessage);
  const [first = refuse('no message')] = shown;
  const accused = first.from;
  const common = { version: 1, session, check, messages: shown, reporter: me } as const;
  if (isOfProtocol(check)) {
    const rounds = givenFor(check, record, statement, levels).map(round => showRound(record, round, accused));
    return { ...common, statement, hellos: record.hellos.map(showMessage), rounds };
  }
  const early = isOfHandshake(open(identitiesOf(session), first).header);
  const needed = early ? record.hellos.filter(({ from }) => check !== ENCODING && from === accused) : record.hellos;
  return { ...common, statement: noStatement, hellos: needed.map(showMessage), rounds: [] };
}

/** The rounds by which a check is judged. */
function givenFor(
  check: string,
  { parameters, hellos }: SessionRecord,
  statement: Statement,
  levels: Levels,
): readonly string[] {
  const sid = sessionId(new Map(hellos.map(hello => [hello.from, hello])));
  const { checks } = publicChecksOf({
    parameters,
    context: sessionContext(sid, parameters.protocol),
    statement,
    levels,
  });
  return (checks.find(({ name }) => name === check) ?? refuse(`nobody else can make the check ${check}`)).given;
}

function showRound({ rounds }: SessionRecord, name: string, accused: PartyId): ShownRound {
  const { messages, views } = rounds.find(({ round }) => round === name) ?? refuse(`there was no round ${name}`);
  const view = views.find(({ from }) => from === accused) ?? refuse(`party ${accused} does not say what it received`);
  return { round: name, messages: messages.map(showMessage), view: showMessage(view) };
}

function showSession({ parameters }: SessionRecord): ShownSession {
  const { session, protocol, suite, key, epoch, threshold, members, extras } = parameters;
  return {
    ...{ session, protocol, suite, key, epoch, threshold },
    members: members.map(({ id, identity }) => ({ id, identity: hex(identity) })),
    extras: Object.entries(extras)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value: showAbsorbable(value) })),
  };
}

/** The contradicting messages, without their payloads, which may be meant for one party alone. */
const contradiction = (messages: readonly SignedMessage[]): ShownMessage[] =>
  messages.map(({ payload: _, ...message }) => showMessage(message)).sort((a, b) => (a.signed < b.signed ? -1 : 1));

const showMessage = ({ from, signed, signature, payload }: SignedMessage): ShownMessage => ({
  from,
  signed: hex(signed),
  signature: hex(signature),
  ...(payload && { payload: hex(payload) }),
});
