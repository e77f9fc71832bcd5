/** Who leads the session of a request, and with whom. Every party computes the same order, so that no election is needed. */
import { createHash } from 'node:crypto';
import type { PartyId } from '../protocol/session/party-id.ts';

/**
 * The parties of a key in the order in which they lead the sessions of a request. It depends on the uid, so that requests spread
 * over the parties.
 */
export function leaderOrder(uid: string, parties: readonly PartyId[]): PartyId[] {
  const rank = (p: PartyId): string => createHash('sha256').update(`mpc/v1/leader/${uid}/${p}`).digest('hex');
  return [...parties].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/**
 * How many parties lead before `me`, of those that are there: 0 leads at once, the others take over one after the other if
 * nothing is heard of an answer.
 */
export function turnOf(me: PartyId, uid: string, parties: readonly PartyId[], present: ReadonlySet<PartyId>): number {
  const order = leaderOrder(uid, parties).filter(p => p === me || present.has(p));
  return order.indexOf(me);
}

export interface Candidates {
  readonly leader: PartyId;
  readonly parties: readonly PartyId[];
  readonly threshold: number;
  /** Heard of lately. */
  readonly present: ReadonlySet<PartyId>;
  /**
   * How much trouble each was, or may have been, in sessions of this request that failed: asked again when nobody better is left. Whoever
   * spoils sessions unseen was in all of them, and so comes last in the end.
   */
  readonly troubles: ReadonlyMap<PartyId, number>;
  /** Provably misbehaved in a session of this request: never asked again. */
  readonly culprits: ReadonlySet<PartyId>;
}

/**
 * Exactly `threshold` signers, ascending, the leader among them; undefined if there are not enough. Which ones depends on the uid,
 * so that requests spread over the parties.
 */
export function chooseSigners(uid: string, c: Candidates): PartyId[] | undefined {
  const order = leaderOrder(uid, c.parties);
  const others = order.filter(p => p !== c.leader && c.present.has(p) && !c.culprits.has(p));
  // who should have led before this one, and did not, is trouble too
  const passedOver = order.slice(0, order.indexOf(c.leader));
  const trouble = (p: PartyId): number => (c.troubles.get(p) ?? 0) + (passedOver.includes(p) ? 1 : 0);
  const preferred = others.sort((a, b) => trouble(a) - trouble(b)); // stable: else in the order of leaders
  const signers = [c.leader, ...preferred.slice(0, c.threshold - 1)];
  return signers.length === c.threshold ? signers.sort((a, b) => a - b) : undefined;
}
