/**
 * The checks of a protocol as functions of public data: what was broadcast to all, and what the session is about. So
 * the code by which a party convicts another party in the session also shows everybody else that the conviction was
 * right (evidence/).
 */

import type { Messages, Payload, Rounds } from './messages.ts';
import type { Party, Received } from './party.ts';
import type { PartyId } from './party-id.ts';

export interface Check<T = unknown, R extends string = string> {
  readonly name: string;
  /** The round whose messages are checked. */
  readonly round: R;
  /** The echo rounds by whose messages the checked messages are judged, in their order. */
  readonly given: readonly string[];
  /** Whether the message passes: false, never an error, whatever is in it. `to`: the recipient of the message. */
  holds(from: PartyId, message: T, to: PartyId): boolean;
}

/** Returns a function that makes checks of the protocol with the messages M. */
export const checksOf =
  <M extends Messages>() =>
  <R extends keyof M & string>(
    name: string,
    round: R,
    given: readonly Rounds<M, 'echo'>[],
    holds: (from: PartyId, message: Payload<M, R>, to: PartyId) => boolean,
  ): Check<Payload<M, R>, R> => ({ name, round, given, holds });

/**
 * Runs a check on the messages of its round.
 * @throws Misbehaviour naming all parties whose message fails
 */
export const enforce = <M extends Messages, R extends keyof M & string>(
  party: Pick<Party<M>, 'check'>,
  { name, round, holds }: Check<Payload<M, R>, R>,
  received: Received<Payload<M, R>>,
): void => party.check(name, round, received, holds);

/** The messages of the echo rounds so far, which are the same at all parties. */
export class Shown<M extends Messages> {
  readonly #rounds = new Map<string, Received<unknown>>();

  keep<R extends Rounds<M, 'echo'>>(round: R, received: Received<Payload<M, R>>): Received<Payload<M, R>> {
    this.#rounds.set(round, received);
    return received;
  }

  /** Returns the messages of a round. @throws RangeError if the round was not kept yet */
  of<R extends Rounds<M, 'echo'>>(round: R): Received<Payload<M, R>> {
    const received = this.#rounds.get(round);
    if (received === undefined) throw new RangeError(`${round} has not been shown`);
    // only `keep` adds to the map, and for each round it takes what the messages of the round carry
    return received as Received<Payload<M, R>>;
  }
}
