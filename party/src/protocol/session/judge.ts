/**
 * Judges what one party accuses another of. No accusation is believed: every party that hears of evidence checks it
 * again.
 */
import { tryDecode } from './codec.ts';
import { type Envelope, type Header, openSigned, withPayload } from './envelope.ts';
import { CheckError, Misbehaviour } from './errors.ts';
import { greetingCodec, HELLO } from './hello.ts';
import type { Codec, Messages } from './messages.ts';
import type { PartyId } from './party-id.ts';
import type { Evidence } from './signed-message.ts';
import { verifyEquivocation, verifyFalseView } from './view.ts';

/** The check that a message fails if it does not decode. */
export const ENCODING = 'encoding';

/** A check of the protocol that this party has made itself: whether the message that `from` sent to `to` passes. */
type Check = (from: PartyId, payload: Uint8Array, to: PartyId) => boolean;

/** The header of a message that fails a check, or the error with which the check ends. */
type Finding = { readonly header: Header; readonly error?: unknown };

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
export const accuse = (check: string, messages: readonly Envelope[]): Misbehaviour =>
  new Misbehaviour(check, sendersOf(messages), evidenceOf(check, messages));

/** Returns the failure of a check that ends with an error on these messages. */
export const unjudged = (check: string, messages: readonly Envelope[], error: unknown): CheckError =>
  new CheckError(check, sendersOf(messages), evidenceOf(check, messages), error);

const sendersOf = (messages: readonly Envelope[]): readonly PartyId[] => messages.map(({ header }) => header.from);

const evidenceOf = (check: string, messages: readonly Envelope[]): readonly Evidence[] =>
  messages.map(message => ({ check, messages: [withPayload(message)] }));

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
   * Returns the failure that the evidence shows, if any; a CheckError if a check ends with an error on it. Evidence
   * that cannot be judged yet waits for the check that it names. Never throws, whatever the evidence is.
   */
  hear(evidence: readonly Evidence[]): Misbehaviour | CheckError | undefined {
    return this.#convict(evidence, true);
  }

  /**
   * Adds a check that this party has made itself, by which it judges the accusations of others from now on. Returns the
   * failure that evidence which waited for the check shows, if any.
   */
  learn(name: string, round: string, check: Check): Misbehaviour | CheckError | undefined {
    this.#checks.set(checkKey(name, round), check);
    return this.#convict(this.#pending, false);
  }

  #convict(evidence: readonly Evidence[], keep: boolean): Misbehaviour | CheckError | undefined {
    const found = evidence.flatMap(item => {
      const finding = this.#find(item);
      if (finding === undefined && keep) this.#pending.push(item);
      return finding === undefined ? [] : [{ ...finding, item }];
    });
    const proven = found.filter(finding => !('error' in finding));
    const named = proven.length > 0 ? proven : found;
    const [first] = named;
    if (first === undefined) return undefined;
    const parties = [...new Set(named.map(({ header }) => header.from))].sort((a, b) => a - b);
    const items = named.map(({ item }) => item);
    return 'error' in first
      ? new CheckError(first.item.check, parties, items, first.error)
      : new Misbehaviour(first.item.check, parties, items);
  }

  #find(evidence: Evidence): Finding | undefined {
    const contradiction = verifyEquivocation(evidence, this.#identities) ?? verifyFalseView(evidence, this.#identities);
    const finding = contradiction ? { header: contradiction } : this.#failing(evidence);
    return finding && this.#concerns(finding.header) ? finding : undefined;
  }

  #failing({ check, messages }: Evidence): Finding | undefined {
    const [message] = messages;
    const identity = message && this.#identities.get(message.from);
    if (message?.payload === undefined || identity === undefined) return undefined;
    const header = openSigned(identity, message);
    if (header === undefined) return undefined;
    try {
      return this.#fails(check, header, message.payload) ? { header } : undefined;
    } catch (error) {
      return { header, error };
    }
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
