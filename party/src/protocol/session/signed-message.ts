/** What a party can show of a session to others: messages as their senders signed them, and records made of these messages. */
import type { SessionParameters } from './context.ts';
import type { PartyId } from './party-id.ts';

/** A message signed by its sender, as it was signed: another party can check it alone. */
export interface SignedMessage {
  readonly from: PartyId;
  /** The bytes under the signature: session id, type, round, sequence, sender, recipient, hash of the payload. */
  readonly signed: Uint8Array;
  /** Ed25519, by the sender's identity. */
  readonly signature: Uint8Array;
  /** What `signed` commits to by its hash; left out where the hash shows enough. */
  readonly payload?: Uint8Array;
}

/** What shows that a party cheated: its own signed messages, and which check they fail. */
export interface Evidence {
  readonly check: string;
  readonly messages: readonly SignedMessage[];
}

/** A round in which all received the same, as far as they say so. */
export interface RoundRecord {
  readonly round: string;
  /** By sender, ascending. */
  readonly messages: readonly SignedMessage[];
  /** What the other parties have signed that they received. */
  readonly views: readonly SignedMessage[];
}

/**
 * Plain data, which can be sent to another thread. Nothing in it was sent to one party alone: a share, or what only its recipient may
 * know, cannot be here.
 */
export interface SessionRecord {
  readonly parameters: SessionParameters;
  /** By party, ascending, as far as they were there. */
  readonly hellos: readonly SignedMessage[];
  /** The echo rounds, in their order. */
  readonly rounds: readonly RoundRecord[];
}
