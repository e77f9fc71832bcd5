import type { PartyId } from './party-id.ts';

/**
 * The transport for the bytes of one session. The transport may lose, repeat, reorder and delay them. `from` is the
 * party that the transport takes for the sender; the signature inside must confirm it.
 */
export interface Channel {
  send(to: PartyId | 'all', bytes: Uint8Array): void | Promise<void>;
  /**
   * Hands over the bytes that have arrived and that will arrive. Returns a function that stops it. One listener at a
   * time.
   */
  listen(receive: (from: PartyId, bytes: Uint8Array) => void): () => void;
}
