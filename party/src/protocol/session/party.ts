import type { Payload, Rounds } from './messages.ts';
import type { PartyId } from './party-id.ts';
import type { Transcript } from './transcript.ts';

/** The messages received in a round, by sender, in the order of the party ids. */
export type Received<T> = ReadonlyMap<PartyId, T>;

/**
 * Returns the entry of a party.
 * @throws RangeError if the party has no entry
 */
export function entry<T>(map: Received<T>, party: PartyId): T {
  const found = map.get(party);
  if (found === undefined) throw new RangeError(`party ${party} is not in this session`);
  return found;
}

/**
 * All that a protocol sees of the world, so that it reads like the figure in its paper. One implementation drives the
 * protocol over NATS, the simulator drives it over memory. Sending, receiving, signatures, encryption, echo and
 * deadlines are behind this interface. A protocol has no clock, no log, and keeps its secrets in local variables.
 */
export interface Party<M> {
  readonly me: PartyId;
  /** All parties of the session, ascending, `me` included. */
  readonly parties: readonly PartyId[];
  readonly others: readonly PartyId[];
  readonly context: SessionContext;

  /**
   * Sends a message to all parties and waits for the message of each. The result includes this party's own message.
   * @throws Timeout naming the parties that did not send
   * @throws Misbehaviour if a party told different things to different parties (kind echo), or sent a message that does
   *   not decode
   */
  broadcast<R extends Rounds<M, 'echo' | 'plain'>>(round: R, message: Payload<M, R>): Promise<Received<Payload<M, R>>>;

  /**
   * Sends every other party a message made for it, encrypted, and waits for the messages of the others, which are the
   * result.
   */
  exchange<R extends Rounds<M, 'direct'>>(
    round: R,
    make: (to: PartyId) => Payload<M, R>,
  ): Promise<Received<Payload<M, R>>>;

  /**
   * Checks what the other parties sent in `round`. All messages are checked before anybody is blamed.
   *
   * The accusations of other parties are judged by the same check, so `holds` must come to the same verdict at every
   * party: from the message, its sender, and `to`, the recipient of a direct message, which need not be `me`.
   * @throws Misbehaviour naming all parties whose message fails, with the signed messages of that round as evidence
   * @throws CheckError if `holds` ends with an error, and no message fails
   */
  check<R extends keyof M & string>(
    name: string,
    round: R,
    received: Received<Payload<M, R>>,
    holds: (from: PartyId, message: Payload<M, R>, to: PartyId) => boolean,
  ): void;
}

/** What a session is about. All parties have shown each other before the first round that they mean the same. */
export interface SessionContext {
  /** Hash of everything below and of 32 fresh random bytes of each party: never the same twice. 32 bytes. */
  readonly sid: Uint8Array;
  /** The name and version of the protocol, such as `frost/sign/v1`. */
  readonly protocol: string;
  /**
   * Returns a hash that has absorbed the context, `label`, the prover and the verifier (undefined: all parties). A
   * protocol has no other transcript: every challenge, commitment and derived secret comes from such a hash.
   */
  proof(label: string, prover: PartyId, verifier?: PartyId): Transcript;
}
