/** Sessions that this party has invited others to, and who does not come. */
import * as z from 'zod';
import type { PartyId } from '../session/errors.ts';

/** Why somebody does not come. It is shown in logs and status, so that it is made printable here. */
export const declineReason = z
  .string()
  .max(256)
  .transform(text => text.replace(/[^\x20-\x7e]/g, '?'));

interface Open {
  readonly invited: readonly PartyId[];
  readonly declined: AbortController;
}

export class Invitations {
  readonly #open = new Map<string, Open>();

  /** Until it is disposed of, whoever was invited can decline; the signal aborts when somebody does. */
  open(session: string, invited: readonly PartyId[]): Disposable & { readonly signal: AbortSignal } {
    const declined = new AbortController();
    this.#open.set(session, { invited, declined });
    return { signal: declined.signal, [Symbol.dispose]: () => this.#open.delete(session) };
  }

  /** Only who was asked can decline: the names of sessions are no secret. */
  decline(from: PartyId, session: string, why: Error): void {
    const open = this.#open.get(session);
    if (open?.invited.includes(from)) open.declined.abort(why);
  }
}
