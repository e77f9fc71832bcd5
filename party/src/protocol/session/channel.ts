import type { PartyId } from './party-id.ts';

/**
 * How the bytes of one session travel. It may lose, repeat, reorder and delay them; `from` is whom the transport takes for the
 * sender, which the signature inside must confirm.
 */
export interface Channel {
  send(to: PartyId | 'all', bytes: Uint8Array): void | Promise<void>;
  /** Hands over what has arrived and what will; returns how to stop. One listener at a time. */
  listen(receive: (from: PartyId, bytes: Uint8Array) => void): () => void;
}
