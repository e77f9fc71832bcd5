/** The checks of each protocol whose evidence anybody can judge, made of what is public about a session. */
import { curves } from '../curve/curve.ts';
import type { Check } from '../session/checks.ts';
import type { SessionParameters } from '../session/context.ts';
import type { Messages } from '../session/messages.ts';
import type { Received, SessionContext } from '../session/party.ts';
import type { PartyId } from '../session/party-id.ts';
import type { Absorbable } from '../session/transcript.ts';
import {
  auxInfoAgreement,
  interactiveAgreement,
  offlineAgreement,
  onlineAgreement,
  parseSuite,
  presignTerms,
  protocols,
} from '../signing/cggmp24/agreement.ts';
import { AuxInfoView, auxInfoChecks } from '../signing/cggmp24/aux-info-checks.ts';
import { auxInfoMessages } from '../signing/cggmp24/aux-info-messages.ts';
import { interactiveMessages, partialCheck } from '../signing/cggmp24/interactive.ts';
import { offlineMessages } from '../signing/cggmp24/offline.ts';
import { onlineMessages } from '../signing/cggmp24/online-messages.ts';
import { OnlineView, onlineChecks } from '../signing/cggmp24/online-view.ts';
import type { CggmpParameters, SecurityLevel } from '../signing/cggmp24/parameters.ts';
import { presignChecks } from '../signing/cggmp24/presign-checks.ts';
import { PresignView } from '../signing/cggmp24/presign-view.ts';
import { redAlertChecks } from '../signing/cggmp24/red-alert.ts';
import { asScalar, Prehashed } from '../signing/data-to-sign.ts';
import type { EcdsaCurve } from '../signing/ecdsa.ts';
import { refuse } from './refusal.ts';
import { readPresignature, readPresigning, type Statement } from './statement.ts';

/** The parameters of each security level: `cggmpParameters`, except in tests. */
export type Levels = { readonly [level in SecurityLevel]: CggmpParameters };

/**
 * The checks of one session. A check can be made once `keep` has received the broadcasts that the check is judged by.
 */
export interface PublicChecks {
  /** The checks, in the order in which a session makes them. */
  readonly checks: readonly Check[];
  keep(round: string, received: Received<unknown>): void;
}

/** What the parties of a session know when the session begins. */
export interface Setting {
  readonly parameters: SessionParameters;
  readonly context: SessionContext;
  readonly statement: Statement;
  readonly levels: Levels;
}

interface Suite {
  readonly parameters: CggmpParameters;
  readonly curve: EcdsaCurve | undefined;
}

/** The parameters and the curve of a suite. @throws Refusal */
function suiteOf({ suite }: SessionParameters, levels: Levels): Suite {
  const { level, curve } = parseSuite(suite) ?? refuse(`nobody outside of it can judge a session of ${suite}`);
  return { parameters: levels[level], curve };
}

const curveOf = ({ curve }: Suite): EcdsaCurve => curve ?? refuse('a suite without a curve');

/**
 * The messages of the session's protocol.
 * @throws Refusal for a protocol whose messages may hold what only their recipient may know
 */
export function messagesOf(session: SessionParameters, levels: Levels): Messages {
  const suite = suiteOf(session, levels);
  const signers = session.members.length;
  switch (session.protocol) {
    case protocols.auxInfo:
      return auxInfoMessages(suite.parameters);
    case protocols.offline:
      return offlineMessages(suite.parameters, curves[curveOf(suite)], signers);
    case protocols.interactive:
      return interactiveMessages(suite.parameters, curves[curveOf(suite)], signers);
    case protocols.online:
      return onlineMessages(curves[curveOf(suite)]);
    default:
      return refuse(`nobody outside of it can judge a session of ${session.protocol}`);
  }
}

/**
 * The checks of the session's protocol.
 * @throws Refusal if the session was about something else than the statement; RangeError, EncodingError
 */
export function publicChecksOf(setting: Setting): PublicChecks {
  const { parameters: session, context, statement, levels } = setting;
  const suite = suiteOf(session, levels);
  const parties = session.members.map(({ id }) => id);
  switch (session.protocol) {
    case protocols.auxInfo: {
      if (statement.of !== 'nothing') return refuse('auxiliary information is judged by what is shown of it');
      agreed(session, auxInfoAgreement(suite.parameters.level));
      const view = new AuxInfoView(context, suite.parameters);
      return publicChecks(Object.values(auxInfoChecks(view)), view.shown);
    }
    case protocols.offline: {
      const view = presigning(setting, suite, parties);
      agreed(session, offlineAgreement(presignTerms(view.facts)));
      return publicChecks([...Object.values(presignChecks(view)), ...Object.values(redAlertChecks(view))], view.shown);
    }
    case protocols.interactive: {
      const view = presigning(setting, suite, parties);
      const data = new Prehashed(bytesNamed(session, 'digest'));
      agreed(session, interactiveAgreement(presignTerms(view.facts), data));
      const last = partialCheck(view, asScalar(view.curve, data));
      const checks = [...Object.values(presignChecks(view)), ...Object.values(redAlertChecks(view)), last];
      return publicChecks(checks, view.shown);
    }
    case protocols.online: {
      if (statement.of !== 'presignature') return refuse('signing from a presignature is judged by a presignature');
      const curve = curveOf(suite);
      const { terms, key } = readPresignature(statement, curve);
      const facts = { curve, key, data: { digest: bytesNamed(session, 'digest') } };
      agreed(session, onlineAgreement(suite.parameters.level, session.threshold, terms, facts));
      if (terms.signers.join() !== parties.join()) return refuse('a presignature of other parties');
      const view = new OnlineView(terms, facts);
      return publicChecks(Object.values(onlineChecks(view)), view.shown);
    }
    default:
      return refuse(`nobody outside of it can judge a session of ${session.protocol}`);
  }
}

function presigning({ statement, context }: Setting, suite: Suite, parties: readonly PartyId[]): PresignView {
  if (statement.of !== 'presigning') return refuse('presigning is judged by auxiliary information and a sharing');
  return new PresignView({ parties, context }, readPresigning(statement, curveOf(suite), suite.parameters));
}

/** The checks of a session, with the view that keeps the broadcasts for them. */
const publicChecks = (
  checks: readonly Check[],
  shown: { keep(round: string, received: Received<unknown>): unknown },
): PublicChecks => ({
  checks,
  keep(round, received) {
    shown.keep(round, received);
  },
});

/**
 * Verifies that the session was about this agreement: the context of the session holds each value that is agreed on by
 * name.
 * @throws Refusal
 */
function agreed(session: SessionParameters, agreement: Pick<SessionParameters, 'extras' | 'suite'>): void {
  if (session.suite !== agreement.suite) refuse(`the session is of ${session.suite}, not of ${agreement.suite}`);
  for (const [name, value] of Object.entries(agreement.extras))
    if (!sameBytes(session.extras[name], value)) refuse(`the session was about another ${name}`);
}

const sameBytes = (a: Absorbable | undefined, b: Absorbable): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array && Buffer.from(a).equals(b);

function bytesNamed({ extras }: SessionParameters, name: string): Uint8Array {
  const value = extras[name];
  return value instanceof Uint8Array ? value : refuse(`the session names no ${name}`);
}
