/**
 * Sessions that this party has come to at the invitation of another. Each leader has places of its own, so that none takes those of
 * another; what is beyond them is declined, and the leader asks somebody else or later.
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

  /** A place, until it is disposed of; undefined: this leader has as many as it may. */
  enter(leader: PartyId, session: string): Disposable | undefined {
    if ([...this.#leaders.values()].filter(other => other === leader).length >= this.#most) return undefined;
    this.#leaders.set(session, leader);
    return { [Symbol.dispose]: () => this.#leaders.delete(session) };
  }
}
