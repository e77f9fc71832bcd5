/**
 * The frames that have arrived for a session, and that its thread has not taken yet. A thread that computes takes
 * nothing for seconds, and the names of sessions are no secret: frames that anybody sends meanwhile must not fill the
 * memory.
 */
import type { PartyId } from '../protocol/session/party-id.ts';

/**
 * The limits for one sender: several times what an honest sender sends in a session, with notices and with frames that
 * the network delivers twice.
 */
const MOST_FRAMES = 128;
const MOST_BYTES = 4 * 1024 * 1024;

export class Backlog {
  readonly #untaken: Map<PartyId, { frames: number; bytes: number }>;

  constructor(members: readonly PartyId[]) {
    this.#untaken = new Map(members.map(id => [id, { frames: 0, bytes: 0 }]));
  }

  /** Whether a frame of this size goes to the thread. A frame from outside of the session does not. */
  admit(from: PartyId, size: number): boolean {
    const untaken = this.#untaken.get(from);
    if (untaken === undefined || untaken.frames >= MOST_FRAMES || untaken.bytes + size > MOST_BYTES) return false;
    untaken.frames += 1;
    untaken.bytes += size;
    return true;
  }

  taken(from: PartyId, size: number): void {
    const untaken = this.#untaken.get(from);
    if (untaken === undefined) return;
    untaken.frames -= 1;
    untaken.bytes -= size;
  }
}
