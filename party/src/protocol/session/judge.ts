/**
 * Judges what one party accuses another of. No accusation is believed: every party that hears of evidence checks it
 * again.
 */
import { tryDecode } from './codec.ts';
import { type Envelope, type Header, openSigned, withPayload } from './envelope.ts';
import { Misbehaviour } from './errors.ts';
import { greetingCodec, HELLO } from './hello.ts';
import type { Codec, Messages } from './messages.ts';
import type { PartyId } from './party-id.ts';
import type { Evidence } from './signed-message.ts';
import { verifyEquivocation, verifyFalseView } from './view.ts';

/** The check that a message fails if it does not decode. */
export const ENCODING = 'encoding';

/** A check of the protocol that this party has made itself: whether the message that `from` sent to `to` passes. */
type Check = (from: PartyId, payload: Uint8Array, to: PartyId) => boolean;

/**
 * Decodes the messages of a round.
 * @throws Misbehaviour naming all senders whose message does not decode
 */
export function decodeAll<T>(codec: Codec<T>, received: ReadonlyMap<PartyId, Envelope>): Map<PartyId, T> {
  const decoded = new Map<PartyId, T>();
  const failing: Envelope[] = [];
  for (const [from, envelope] of received) {
    const message = tryDecode(codec, envelope.payload);
    if (message) decoded.set(from, message.value);
    else failing.push(envelope);
  }
  if (failing.length > 0) throw accuse(ENCODING, failing);
  return decoded;
}

/** Returns the failure of a check, with the messages that fail it as evidence. */
export function accuse(check: string, messages: readonly Envelope[]): Misbehaviour {
  const evidence = messages.map(message => ({ check, messages: [withPayload(message)] }));
  return new Misbehaviour(
    check,
    messages.map(({ header }) => header.from),
    evidence,
  );
}

export class Judge {
  readonly #me: PartyId;
  readonly #identities: ReadonlyMap<PartyId, Uint8Array>;
  readonly #messages: Messages;
  readonly #checks = new Map<string, Check>();
  readonly #pending: Evidence[] = [];
  /** Whether a message belongs to this session. */
  readonly #concerns: (header: Header) => boolean;

  constructor(
    me: PartyId,
    identities: ReadonlyMap<PartyId, Uint8Array>,
    messages: Messages,
    concerns: (header: Header) => boolean,
  ) {
    this.#me = me;
    this.#identities = identities;
    this.#messages = messages;
    this.#concerns = concerns;
  }

  /**
   * Returns the failure that the evidence shows, if any. Evidence that cannot be judged yet waits for the check that it
   * names.
   */
  hear(evidence: readonly Evidence[]): Misbehaviour | undefined {
    return this.#convict(evidence, true);
  }

  /**
   * Adds a check that this party has made itself, by which it judges the accusations of others from now on. Returns the
   * failure that evidence which waited for the check shows, if any.
   */
  learn(name: string, round: string, check: Check): Misbehaviour | undefined {
    this.#checks.set(checkKey(name, round), check);
    return this.#convict(this.#pending, false);
  }

  #convict(evidence: readonly Evidence[], keep: boolean): Misbehaviour | undefined {
    const proven = evidence.flatMap(item => {
      const culprit = this.#culprit(item);
      if (culprit === undefined && keep) this.#pending.push(item);
      return culprit === undefined ? [] : [{ culprit, item }];
    });
    const [first] = proven;
    if (first === undefined) return undefined;
    const culprits = [...new Set(proven.map(({ culprit }) => culprit))].sort((a, b) => a - b);
    return new Misbehaviour(
      first.item.check,
      culprits,
      proven.map(({ item }) => item),
    );
  }

  #culprit(evidence: Evidence): PartyId | undefined {
    const header =
      verifyEquivocation(evidence, this.#identities) ??
      verifyFalseView(evidence, this.#identities) ??
      this.#failing(evidence);
    return header && this.#concerns(header) ? header.from : undefined;
  }

  #failing({ check, messages }: Evidence): Header | undefined {
    const [message] = messages;
    const identity = message && this.#identities.get(message.from);
    if (message?.payload === undefined || identity === undefined) return undefined;
    const header = openSigned(identity, message);
    return header && this.#fails(check, header, message.payload) ? header : undefined;
  }

  #fails(check: string, header: Header, payload: Uint8Array): boolean {
    const { type, round, from, to } = header;
    const codec = this.#isAddressed(header) ? this.#codecOf(header) : undefined;
    if (codec === undefined) return false;
    if (check === ENCODING) return tryDecode(codec, payload) === undefined;
    const holds = type === 'data' ? this.#checks.get(checkKey(check, round)) : undefined;
    return holds !== undefined && !holds(from, payload, to === 'all' ? this.#me : to);
  }

  /**
   * Whether a message has a recipient that the protocol has for its round: checks are not made for any other recipient.
   */
  #isAddressed({ type, round, from, to }: Header): boolean {
    const isDirect = type === 'data' && this.#messages[round]?.kind === 'direct';
    return isDirect ? to !== 'all' && to !== from && this.#identities.has(to) : to === 'all';
  }

  #codecOf({ type, round }: Header): Codec<unknown> | undefined {
    if (type === 'hello' && round === HELLO) return greetingCodec;
    return type === 'data' ? this.#messages[round]?.codec : undefined;
  }
}

const checkKey = (name: string, round: string): string => JSON.stringify([name, round]);
