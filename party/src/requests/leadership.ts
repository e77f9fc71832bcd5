/**
 * Which party leads the session of a request, and with which signers. Every party computes the same order, so that no
 * election is needed.
 */
import { createHash } from 'node:crypto';
import type { PartyId } from '../protocol/session/party-id.ts';

/**
 * The parties of a key in the order in which they lead the sessions of a request. The order depends on the uid, so that
 * requests spread over the parties.
 */
export function leaderOrder(uid: string, parties: readonly PartyId[]): PartyId[] {
  const rank = (p: PartyId): string => createHash('sha256').update(`mpc/v1/leader/${uid}/${p}`).digest('hex');
  return [...parties].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

export interface Candidates {
  readonly leader: PartyId;
  readonly parties: readonly PartyId[];
  readonly threshold: number;
  /** The parties that were heard of lately. */
  readonly present: ReadonlySet<PartyId>;
  /**
   * How often each party was, or may have been, why a session of this request failed. Such a party is asked again when
   * nobody better is left. A party that spoils sessions unseen took part in all of them, and so comes last in the end.
   */
  readonly failures: ReadonlyMap<PartyId, number>;
  /** The parties that provably misbehaved in a session of this request: they are never asked again. */
  readonly culprits: ReadonlySet<PartyId>;
}

/**
 * Exactly `threshold` signers, ascending, the leader among them; undefined if there are not enough. Which parties sign
 * depends on the uid, so that requests spread over the parties.
 */
export function chooseSigners(uid: string, c: Candidates): PartyId[] | undefined {
  const order = leaderOrder(uid, c.parties);
  const others = order.filter(p => p !== c.leader && c.present.has(p) && !c.culprits.has(p));
  // a party that should have led before this one, and did not, has failed too
  const passedOver = order.slice(0, order.indexOf(c.leader));
  const failuresOf = (p: PartyId): number => (c.failures.get(p) ?? 0) + (passedOver.includes(p) ? 1 : 0);
  const preferred = others.sort((a, b) => failuresOf(a) - failuresOf(b)); // stable: else in the order of leaders
  const signers = [c.leader, ...preferred.slice(0, c.threshold - 1)];
  return signers.length === c.threshold ? signers.sort((a, b) => a - b) : undefined;
}
