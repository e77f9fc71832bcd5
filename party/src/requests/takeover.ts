/**
 * When a party leads a request: at once if it is the first in the order of leaders, otherwise after the parties before
 * it had their turns without an answer. So the next party takes over, whatever became of the one before.
 */
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Decision } from './decision.ts';
import { leaderOrder } from './leadership.ts';
import type { RequestState } from './request-state.ts';

/** Milliseconds that each party waits for the party whose turn is before its own. */
export const TAKEOVER = 3_000;
/**
 * Milliseconds for which the others wait for a party that works on a request and gets nowhere; at most half of the time
 * that the request has.
 */
const PATIENCE = 15_000;

/**
 * The number of parties that are present and lead before `me`. With 0 the party leads at once; the others take over one
 * after the other while there is no answer.
 */
export function turnOf(me: PartyId, uid: string, parties: readonly PartyId[], present: ReadonlySet<PartyId>): number {
  const order = leaderOrder(uid, parties).filter(p => p === me || present.has(p));
  return order.indexOf(me);
}

/**
 * When the turn of this party begins, unless the request is answered by then: milliseconds since 1970. The activity of
 * another party puts it off, but not for ever.
 * @param present the parties that could lead: heard of lately, and neither culprits nor banned
 */
export function turnBegins(
  me: PartyId,
  decision: Exclude<Decision, { kind: 'ignore' }>,
  { uid, seen, lastActivity }: RequestState,
  present: ReadonlySet<PartyId>,
): number {
  const parties = decision.kind === 'sign' ? decision.key.spec.parties : decision.parties;
  const begin = decision.kind === 'fail' ? Math.max(seen, decision.since) : seen;
  const patience = decision.kind === 'sign' ? Math.min(PATIENCE, (decision.deadline - seen) / 2) : PATIENCE;
  const since = Math.max(begin, Math.min(lastActivity, begin + patience));
  return since + TAKEOVER * turnOf(me, uid, parties, present);
}
