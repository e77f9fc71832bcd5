import type { PartyId } from './party-id.ts';

/**
 * The reason for which bytes that arrived were dropped. Nobody is blamed for it: anyone on the network may have sent
 * them.
 * - `malformed`: the bytes are no frame, or the message is far too long
 * - `foreign`: the sender is not in this session, or the session has no such round or form of message
 * - `unauthenticated`: the seal or the signature does not hold: the message was altered, misattributed, or made for
 *   another session
 * - `repeated`: the message arrived before, or is of an old run
 * - `flood`: the party has sent more ahead than it may
 */
export type DropReason = 'malformed' | 'foreign' | 'unauthenticated' | 'repeated' | 'flood';

/** The observer whom a session tells what it does, for metrics and logs. A session has no other clock. */
export interface SessionObserver {
  /**
   * Notes that a stage begins: `hello`, a round, `<round>/view`, or a name of the protocol's own. Returns a function to
   * call at the end of the stage.
   */
  stage?(name: string): () => void;
  dropped?(reason: DropReason, from: PartyId): void;
}
