/**
 * The checks of a protocol as functions of what is public: what was broadcast to all, and what the session is about. So the very code by
 * which a party convicts another in the session tells anybody else that it was right (evidence/).
 */

import type { Messages, Payload, Rounds } from './messages.ts';
import type { Party, Received } from './party.ts';
import type { PartyId } from './party-id.ts';

export interface Check<T = unknown, R extends string = string> {
  readonly name: string;
  /** Whose messages are checked. */
  readonly round: R;
  /** The echo rounds by whose messages they are judged, in their order. */
  readonly given: readonly string[];
  /** False, never an error, whatever is in the message. `to`: whom it was for. */
  holds(from: PartyId, message: T, to: PartyId): boolean;
}

/** Makes checks of the protocol with the messages M. */
export const checksOf =
  <M extends Messages>() =>
  <R extends keyof M & string>(
    name: string,
    round: R,
    given: readonly Rounds<M, 'echo'>[],
    holds: (from: PartyId, message: Payload<M, R>, to: PartyId) => boolean,
  ): Check<Payload<M, R>, R> => ({ name, round, given, holds });

/** @throws Misbehaviour naming all who fail the check */
export const enforce = <M extends Messages, R extends keyof M & string>(
  party: Pick<Party<M>, 'check'>,
  { name, round, holds }: Check<Payload<M, R>, R>,
  received: Received<Payload<M, R>>,
): void => party.check(name, round, received, holds);

/** What was broadcast in the echo rounds so far, which is the same at all parties. */
export class Shown<M extends Messages> {
  readonly #rounds = new Map<string, Received<unknown>>();

  keep<R extends Rounds<M, 'echo'>>(round: R, received: Received<Payload<M, R>>): Received<Payload<M, R>> {
    this.#rounds.set(round, received);
    return received;
  }

  /** @throws RangeError before it was kept */
  of<R extends Rounds<M, 'echo'>>(round: R): Received<Payload<M, R>> {
    const received = this.#rounds.get(round);
    if (received === undefined) throw new RangeError(`${round} has not been shown`);
    // `keep` is the only way in, and takes for each round what its messages carry
    return received as Received<Payload<M, R>>;
  }
}
