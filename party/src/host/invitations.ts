/** The sessions that this party has invited others to, and the parties that decline. */
import * as z from 'zod';
import { Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';

/** Why a party does not come. The reason is shown in logs and status, so that it is made printable here. */
export const declineReason = z
  .string()
  .max(256)
  .transform(text => text.replace(/[^\x20-\x7e]/g, '?'));

interface Open {
  readonly invited: readonly PartyId[];
  readonly declined: AbortController;
  readonly meaningOf: MeaningOf | undefined;
}

/** The error that a party's reason for declining stands for; undefined: the party merely does not come. */
export type MeaningOf = (reason: string, party: PartyId) => Error | undefined;

export class Invitations {
  readonly #open = new Map<string, Open>();

  /** Until the invitation is disposed of, each invited party can decline it; the signal aborts when a party does. */
  open(
    session: string,
    invited: readonly PartyId[],
    meaningOf?: MeaningOf,
  ): Disposable & { readonly signal: AbortSignal } {
    const declined = new AbortController();
    this.#open.set(session, { invited, declined, meaningOf });
    return { signal: declined.signal, [Symbol.dispose]: () => this.#open.delete(session) };
  }

  /** Only an invited party can decline: the names of sessions are no secret. */
  decline(from: PartyId, session: string, reason: string): void {
    const open = this.#open.get(session);
    if (!open?.invited.includes(from)) return;
    open.declined.abort(open.meaningOf?.(reason, from) ?? new Timeout(`invitation declined (${reason})`, [from]));
  }
}
