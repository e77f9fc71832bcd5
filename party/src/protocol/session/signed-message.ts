/**
 * What a party of a session can show to others: messages as their senders signed them, and records made of these
 * messages.
 */
import type { SessionParameters } from './context.ts';
import type { PartyId } from './party-id.ts';

/** A message as its sender signed it. Another party can check it without anything else of the session. */
export interface SignedMessage {
  readonly from: PartyId;
  /** The bytes under the signature: session id, type, round, sequence, sender, recipient, hash of the payload. */
  readonly signed: Uint8Array;
  /** The Ed25519 signature by the sender's identity. */
  readonly signature: Uint8Array;
  /** The payload whose hash is in `signed`; left out where the hash shows enough. */
  readonly payload?: Uint8Array;
}

/** The evidence that a party cheated: its own signed messages, and the check that they fail. */
export interface Evidence {
  readonly check: string;
  readonly messages: readonly SignedMessage[];
}

/** A round in which all parties received the same messages, as far as their views say so. */
export interface RoundRecord {
  readonly round: string;
  /** The messages of the round, by sender, ascending. */
  readonly messages: readonly SignedMessage[];
  /** The views that the other parties have signed: what each of them received. */
  readonly views: readonly SignedMessage[];
}

/**
 * The record of a session: plain data, which can be sent to another thread. The record holds nothing that was sent to
 * one party alone, such as a share or anything else that only its recipient may know.
 */
export interface SessionRecord {
  readonly parameters: SessionParameters;
  /** The hellos that were there, by party, ascending. */
  readonly hellos: readonly SignedMessage[];
  /** The echo rounds, in their order. */
  readonly rounds: readonly RoundRecord[];
}
