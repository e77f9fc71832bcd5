/** Makes the judge of one piece of evidence: the judge of the session itself, restricted to what is public. */
import type { Check } from '../session/checks.ts';
import { tryDecode } from '../session/codec.ts';
import { type SessionParameters, sessionContext } from '../session/context.ts';
import { ENCODING, Judge } from '../session/judge.ts';
import type { Messages } from '../session/messages.ts';
import type { Received } from '../session/party.ts';
import type { PartyId } from '../session/party-id.ts';
import { EQUIVOCATION, FALSE_VIEW } from '../session/view.ts';
import type { EvidenceObject, ShownRound } from './format.ts';
import { type Identities, type Opened, receivedBy } from './open.ts';
import { type Levels, messagesOf, publicChecksOf } from './public-checks.ts';
import { refuse } from './refusal.ts';

/** Evidence whose signatures hold. */
export interface Accusation {
  readonly evidence: EvidenceObject;
  readonly parameters: SessionParameters;
  readonly identities: Identities;
  readonly levels: Levels;
  /** The id of the session; of the run of the accused, if its messages were signed before there was a session id. */
  readonly sid: Uint8Array;
  readonly accused: PartyId;
  /** The messages of the accused. */
  readonly messages: readonly Opened[];
}

/** Whether the check is one of the protocol itself, and not one that every session makes. */
export const isOfProtocol = (check: string): boolean => ![EQUIVOCATION, FALSE_VIEW, ENCODING].includes(check);

/**
 * The judge of an accusation.
 * @throws Refusal if the evidence holds more or less than the judge needs; RangeError, EncodingError
 */
export function judgeFor(accusation: Accusation): Judge {
  return isOfProtocol(accusation.evidence.check) ? judgeOfProtocol(accusation) : judgeOfSession(accusation);
}

/**
 * The judge for a check that every session makes. The judge needs nothing of the protocol but the codecs of its
 * messages.
 */
function judgeOfSession(accusation: Accusation): Judge {
  const { evidence, parameters, levels, messages } = accusation;
  const { check, rounds, statement } = evidence;
  if (rounds.length > 0 || statement.of !== 'nothing') refuse('more than it takes to show it');
  const isContradiction = check === EQUIVOCATION;
  if (messages.length !== (isContradiction ? 2 : 1)) refuse('not as many messages as it takes to show it');
  // the payloads are not needed, and may be meant for one party alone
  if (isContradiction && messages.some(({ payload }) => payload !== undefined)) refuse('more than it takes to show it');
  const [first, second] = messages.map(({ signed }) => Buffer.from(signed));
  if (first && second && first.compare(second) >= 0) refuse('messages that are not in order');
  const isData = messages.every(({ header }) => header.type === 'data');
  return makeJudge(accusation, check === ENCODING && isData ? messagesOf(parameters, levels) : {});
}

/** The judge for a check of the protocol itself. */
function judgeOfProtocol(accusation: Accusation): Judge {
  const { evidence, parameters, levels, sid, messages } = accusation;
  const codecs = messagesOf(parameters, levels);
  const context = sessionContext(sid, parameters.protocol);
  const session = publicChecksOf({ parameters, context, statement: evidence.statement, levels });
  const index = session.checks.findIndex(({ name }) => name === evidence.check);
  const check = session.checks[index] ?? refuse(`sessions of ${parameters.protocol} check no ${evidence.check}`);
  if (messages.length !== 1) refuse('not as many messages as it takes to show it');
  if (evidence.rounds.map(({ round }) => round).join() !== check.given.join())
    refuse(`${check.name} is judged by what was said in ${check.given.join(', ') || 'no other round'}`);
  const said = new Map(evidence.rounds.map(round => [round.round, saidIn(round, accusation, codecs)]));
  for (const [round, received] of said) session.keep(round, received);
  for (const earlier of session.checks.slice(0, index))
    passesForAll(earlier, said.get(earlier.round), evidence.reporter);
  const judge = makeJudge(accusation, codecs);
  judge.learn(check.name, check.round, (from, payload, to) => {
    const codec = codecs[check.round]?.codec;
    const message = codec && tryDecode(codec, payload);
    return message !== undefined && check.holds(from, message.value, to);
  });
  return judge;
}

const makeJudge = ({ evidence, identities, sid }: Accusation, codecs: Messages): Judge =>
  new Judge(evidence.reporter, identities, codecs, header => Buffer.from(header.sid).equals(sid));

function saidIn(round: ShownRound, accusation: Accusation, codecs: Messages): Received<unknown> {
  const { sid, identities, accused, messages } = accusation;
  const { opened, decoded } = receivedBy(accused, round, { sid, identities, codecs });
  const again = messages.find(({ header }) => header.type === 'data' && header.round === round.round);
  const first = opened.get(accused);
  if (again && first && !Buffer.from(again.signed).equals(first.signed))
    refuse(`two messages of party ${accused} in ${round.round}`);
  return decoded;
}

/**
 * Refuses the evidence if an earlier check fails for any party: the session would have ended at that check. After such
 * a failure no other party can be blamed: if a party reveals the modulus of another party instead of the one that it
 * committed to, both parties look alike.
 */
function passesForAll(check: Check, said: Received<unknown> | undefined, reporter: PartyId): void {
  for (const [party, message] of said ?? [])
    if (!check.holds(party, message, reporter))
      refuse(`the session was over before: party ${party} fails the check ${check.name}`);
}
