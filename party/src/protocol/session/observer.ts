import type { PartyId } from './party-id.ts';

/**
 * Why something that arrived was dropped. Nobody is blamed for it: anyone on the network may have sent it.
 * - `malformed`: no frame
 * - `foreign`: from nobody in this session, or in a round or form that it does not have
 * - `unauthenticated`: seal or signature do not hold: altered, misattributed, or of another session
 * - `repeated`: arrived before
 * - `flood`: more than a party may send ahead
 */
export type DropReason = 'malformed' | 'foreign' | 'unauthenticated' | 'repeated' | 'flood';

/** Where a session tells what it does, for metrics and logs. It has no other clock. */
export interface SessionObserver {
  /** A stage begins: `hello`, a round, `<round>/view`, or a name of the protocol's own. Returns what to call at its end. */
  stage?(name: string): () => void;
  dropped?(reason: DropReason, from: PartyId): void;
}
