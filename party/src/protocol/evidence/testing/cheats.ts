/** The ways in which a party fails a check, and how the session ends. */
import { Misbehaviour } from '../../session/errors.ts';
import type { Codec, Messages, Payload } from '../../session/messages.ts';
import type { Party } from '../../session/party.ts';
import type { Evidence } from '../../session/signed-message.ts';
import type { Adversary, Simulated } from '../../session/simulator.ts';
import { inRound } from '../../signing/cggmp24/testing/byzantine.ts';
import type { Statement } from '../statement.ts';

export const CHEAT = 2;

export interface Ended {
  readonly simulated: Simulated<unknown>;
  /** The inputs of the session that were not shown in it. */
  readonly statement: Statement;
}

export interface Cheat {
  readonly protocol: string;
  readonly check: string;
  /** What party 2 does. */
  readonly what: string;
  run(): Promise<Ended>;
}

/** An adversary that changes its message of a round. */
export function changing<M extends Messages, R extends keyof M & string>(
  messages: M,
  round: R,
  change: (message: Payload<M, R>) => Payload<M, R>,
): Adversary {
  // Payload<M, R> is by definition what this very codec carries
  const codec = messages[round]?.codec as Codec<Payload<M, R>>;
  return inRound(round, payload => codec.encode(change(codec.decode(payload))));
}

/** An adversary that leaves out the first byte of its message of a round. */
export const shorter = (round: string): Adversary => inRound(round, payload => payload.subarray(1));

/** An adversary that tells party 1 something else than the other parties. */
export const twoFaced =
  (type: string, round: string): Adversary =>
  message =>
    message.type === type && message.round === round && message.to === 1
      ? [message.payload.map((byte, i) => (i === message.payload.length - 1 ? byte ^ 1 : byte))]
      : [message.payload];

/** An adversary that sends party 1 the same hello as the other parties, but signed once more. */
export const greetingAgain: Adversary = ({ type, to, payload }) => [
  type === 'hello' && to === 1 ? { again: payload } : payload,
];

/** An adversary whose view of a round shows what nobody has signed: a changed header of the first message. */
export const falseView =
  (round: string): Adversary =>
  ({ type, round: at, payload }) => [
    type === 'view' && at === round ? payload.map((byte, i) => (i === 60 ? byte ^ 1 : byte)) : payload,
  ];

export const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));

/** The party with some of its methods replaced. */
export const instead = <M>(party: Party<M>, changes: Partial<Party<M>>): Party<M> => ({
  ...{ me: party.me, parties: party.parties, others: party.others, context: party.context },
  exchange: party.exchange.bind(party),
  check: party.check.bind(party),
  broadcast: party.broadcast.bind(party),
  ...changes,
});

/** A party that overlooks all misbehaviour of the others. */
export const overlooking = <M>(party: Party<M>): Party<M> => instead(party, { check: () => {} });

/**
 * A party that accuses all others of failing each check, and collects the evidence that it would show. After the check
 * `last` the party leaves.
 */
export const accusing = <M>(party: Party<M>, last: string, accusations: Evidence[]): Party<M> =>
  instead(party, {
    check(name, round, received, holds) {
      party.check(name, round, received, holds);
      try {
        party.check(name, round, received, () => false);
      } catch (error) {
        if (!(error instanceof Misbehaviour)) throw error;
        accusations.push(...error.evidence);
        if (name === last) throw error;
      }
    },
  });
