import type { Payload, Rounds } from './messages.ts';
import type { PartyId } from './party-id.ts';
import type { Transcript } from './transcript.ts';

/** What was received in a round, by sender, in the order of the party ids. */
export type Received<T> = ReadonlyMap<PartyId, T>;

/** What there is of a party that takes part. @throws RangeError if there is nothing */
export function entry<T>(map: Received<T>, party: PartyId): T {
  const found = map.get(party);
  if (found === undefined) throw new RangeError(`party ${party} is not in this session`);
  return found;
}

/**
 * A protocol's whole view of the world: it reads like the figure in the paper. One implementation drives it over NATS, the
 * simulator over memory. Sending, receiving, signatures, encryption, echo and deadlines are behind it; a protocol has no
 * clock, no log, and keeps its secrets in local variables.
 */
export interface Party<M> {
  readonly me: PartyId;
  /** All parties of the session, ascending, `me` included. */
  readonly parties: readonly PartyId[];
  readonly others: readonly PartyId[];
  readonly context: SessionContext;

  /**
   * Sends to all and waits for the message of each. One's own is among what is returned.
   * @throws Timeout naming who did not send
   * @throws Misbehaviour if one told different things to different parties (kind echo), or sent what does not decode
   */
  broadcast<R extends Rounds<M, 'echo' | 'plain'>>(round: R, message: Payload<M, R>): Promise<Received<Payload<M, R>>>;

  /** Sends each other party its own message, encrypted, and waits for those of the others, which are what is returned. */
  exchange<R extends Rounds<M, 'direct'>>(
    round: R,
    make: (to: PartyId) => Payload<M, R>,
  ): Promise<Received<Payload<M, R>>>;

  /**
   * Holds what others sent in `round` against a check of the protocol. All are checked before anybody is blamed.
   *
   * The same check judges what other parties accuse each other of, so `holds` must come to the same verdict at every party: from
   * the message, who sent it, and `to`, whom a direct message was for, which need not be `me`.
   * @throws Misbehaviour naming all whose message fails, with the signed messages of that round as evidence
   */
  check<R extends keyof M & string>(
    name: string,
    round: R,
    received: Received<Payload<M, R>>,
    holds: (from: PartyId, message: Payload<M, R>, to: PartyId) => boolean,
  ): void;
}

/** What a session is about. All parties have shown each other the same one before the first round. */
export interface SessionContext {
  /** Hash of everything below and of 32 fresh random bytes of each party: never the same twice. 32 bytes. */
  readonly sid: Uint8Array;
  /** The name and version of the protocol, such as `frost/sign/v1`. */
  readonly protocol: string;
  /**
   * The only transcript there is: a hash that has absorbed the context, `label`, who proves and to whom (undefined: to all). Every
   * challenge, commitment and derived secret of a protocol comes from one.
   */
  proof(label: string, prover: PartyId, verifier?: PartyId): Transcript;
}
