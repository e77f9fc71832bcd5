/** Sessions that this party has invited others to, and who does not come. */
import * as z from 'zod';
import { Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';

/** Why somebody does not come. It is shown in logs and status, so that it is made printable here. */
export const declineReason = z
  .string()
  .max(256)
  .transform(text => text.replace(/[^\x20-\x7e]/g, '?'));

interface Open {
  readonly invited: readonly PartyId[];
  readonly declined: AbortController;
  readonly meaningOf: MeaningOf | undefined;
}

/** What a reason means in a session, if it is more than that somebody does not come. */
type MeaningOf = (reason: string) => Error | undefined;

export class Invitations {
  readonly #open = new Map<string, Open>();

  /** Until it is disposed of, whoever was invited can decline; the signal aborts when somebody does. */
  open(
    session: string,
    invited: readonly PartyId[],
    meaningOf?: MeaningOf,
  ): Disposable & { readonly signal: AbortSignal } {
    const declined = new AbortController();
    this.#open.set(session, { invited, declined, meaningOf });
    return { signal: declined.signal, [Symbol.dispose]: () => this.#open.delete(session) };
  }

  /** Only who was asked can decline: the names of sessions are no secret. */
  decline(from: PartyId, session: string, reason: string): void {
    const open = this.#open.get(session);
    if (!open?.invited.includes(from)) return;
    open.declined.abort(open.meaningOf?.(reason) ?? new Timeout(`invitation declined (${reason})`, [from]));
  }
}
