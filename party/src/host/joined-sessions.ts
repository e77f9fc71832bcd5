/**
 * The sessions that this party has joined at the invitation of another party. Each leader has places of its own, so
 * that no leader takes the places of another. An invitation beyond these places is declined, and its leader asks
 * another party, or asks later.
 */
import type { PartyId } from '../protocol/session/party-id.ts';

export class JoinedSessions {
  readonly #most: number;
  readonly #leaders = new Map<string, PartyId>();

  /** @param most sessions of one leader at once */
  constructor(most: number) {
    this.#most = most;
  }

  has(session: string): boolean {
    return this.#leaders.has(session);
  }

  /** A place, until it is disposed of; undefined if the leader has all of its places already. */
  enter(leader: PartyId, session: string): Disposable | undefined {
    if ([...this.#leaders.values()].filter(other => other === leader).length >= this.#most) return undefined;
    this.#leaders.set(session, leader);
    return { [Symbol.dispose]: () => this.#leaders.delete(session) };
  }
}
