/**
 * Judges evidence by nothing but its content: the judgement is pure, and does not trust the reporter. The messages that
 * the accused has signed go through the very checks of the session.
 *
 * Other parties cannot make an honest party look guilty. A message carries the session id, which is a hash of all
 * hellos, that of the sender among them, and so of everything that the session was about. The broadcasts of other
 * parties count only if the accused has signed that it received exactly those, for the other parties could sign
 * something else at any time. And if the failure of another party would have ended the session before, the evidence
 * shows nothing.
 */
import { fingerprint, type PublicIdentity } from '../identity/identity.ts';
import { type SessionParameters, validateParameters } from '../session/context.ts';
import { CheckError } from '../session/errors.ts';
import { ENCODING } from '../session/judge.ts';
import type { PartyId } from '../session/party-id.ts';
import { verifySignature } from '../session/signer.ts';
import { EQUIVOCATION, FALSE_VIEW } from '../session/view.ts';
import { cggmpParameters } from '../signing/cggmp24/parameters.ts';
import { unhex } from './fields.ts';
import { type EvidenceObject, reportedBytes } from './format.ts';
import { judgeFor } from './judge-evidence.ts';
import {
  type Identities,
  identitiesOf,
  isOfHandshake,
  type Opened,
  open,
  openHello,
  parametersOf,
  sidOf,
} from './open.ts';
import type { Levels } from './public-checks.ts';
import { isAboutEvidence, refuse } from './refusal.ts';

export type Verdict =
  | { readonly confirmed: true; readonly culprit: PartyId; readonly identity: PublicIdentity }
  | { readonly confirmed: false; readonly reason: string };

/** @param expected fingerprints by party, noted out of band; if there are any, every party of the session needs one */
export function verifyEvidence(
  evidence: EvidenceObject,
  expected: ReadonlyMap<PartyId, string> = new Map(),
  levels: Levels = cggmpParameters,
): Verdict {
  try {
    return { confirmed: true, ...convict(evidence, expected, levels) };
  } catch (error) {
    if (isAboutEvidence(error)) return { confirmed: false, reason: error.message };
    throw error;
  }
}

interface Culprit {
  readonly culprit: PartyId;
  readonly identity: PublicIdentity;
}

function convict(evidence: EvidenceObject, expected: ReadonlyMap<PartyId, string>, levels: Levels): Culprit {
  const { reporter, check, hellos } = evidence;
  const identities = identitiesOf(evidence.session);
  const parameters = parametersOf(evidence.session);
  const reporterIdentity = identities.get(reporter) ?? refuse(`party ${reporter} reports a session that it was not in`);
  validateParameters(parameters, reporter, reporterIdentity);
  if (expected.size > 0) compareFingerprints(identities, expected);
  if (!verifySignature(reporterIdentity, reportedBytes(evidence), unhex(evidence.signature)))
    refuse(`party ${reporter} has not signed this report`);

  const messages = evidence.messages.map(message => open(identities, message));
  const [first = refuse('no message of anybody')] = messages;
  const { from: accused } = first;
  const identity = identities.get(accused) ?? refuse(`party ${accused} was not in the session`);
  if (messages.some(({ from }) => from !== accused)) refuse('messages of two parties');
  const sid = isOfHandshake(first.header)
    ? runOf(evidence, parameters, identities, first)
    : sidOf(parameters, identities, hellos);
  const judge = judgeFor({ evidence, parameters, identities, levels, sid, accused, messages });
  const failure = judge.hear([{ check, messages }]);
  if (failure instanceof CheckError) refuse(failure.message);
  if (failure === undefined) refuse(acquittal(check, accused));
  return { culprit: accused, identity };
}

function compareFingerprints(identities: Identities, expected: ReadonlyMap<PartyId, string>): void {
  for (const [party, identity] of identities) {
    const [found, noted] = [fingerprint(identity), expected.get(party)];
    if (noted === undefined) refuse(`no fingerprint was given for party ${party}`);
    else if (found !== noted.toLowerCase())
      refuse(`the identity of party ${party} has the fingerprint ${found}, not ${noted}`);
  }
}

/**
 * The id of the run of the accused, before there is a session id. The hello of the accused shows that the run was about
 * this session. A hello that cannot be decoded shows nothing: only the reporter says what that hello was about.
 */
function runOf(
  { hellos, check }: EvidenceObject,
  parameters: SessionParameters,
  identities: Identities,
  { from, header }: Opened,
): Uint8Array {
  if (check === ENCODING) return hellos.length === 0 ? header.sid : refuse('more than it takes to show it');
  const [hello, ...others] = hellos.map(shown => openHello(parameters, identities, shown));
  if (hello?.from !== from || others.length > 0) return refuse(`not the hello of party ${from}, and only that`);
  return hello.header.sid;
}

function acquittal(check: string, accused: PartyId): string {
  if (check === EQUIVOCATION)
    return `the messages of party ${accused} do not contradict each other, or are of another session`;
  if (check === FALSE_VIEW)
    return `all that party ${accused} says to have received was signed, or it is of another session`;
  if (check === ENCODING) return `the message of party ${accused} says something, or is of another session`;
  return `the message of party ${accused} passes the check ${check}, or is none that this check is made of`;
}
