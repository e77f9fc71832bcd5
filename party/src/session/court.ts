/** Judges what one party accuses another of. Nobody is believed: evidence is checked again by every party that hears of it. */
import { tryDecode } from './codec.ts';
import { type Envelope, type Header, type MessageType, openSigned, withPayload } from './envelope.ts';
import { type Evidence, Misbehaviour, type PartyId } from './errors.ts';
import type { Codec } from './messages.ts';
import { verifyEquivocation, verifyFalseView } from './view.ts';

const ENCODING = 'encoding';

/** A check of the protocol that this party has made: whether what `from` sent to `to` passes it. */
type Check = (from: PartyId, payload: Uint8Array, to: PartyId) => boolean;

/** What the messages say. @throws Misbehaviour naming all whose message says nothing */
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

/** The failure of a check, with the messages that fail it. */
export function accuse(check: string, messages: readonly Envelope[]): Misbehaviour {
  const evidence = messages.map(message => ({ check, messages: [withPayload(message)] }));
  return new Misbehaviour(
    check,
    messages.map(({ header }) => header.from),
    evidence,
  );
}

export class Court {
  readonly #me: PartyId;
  readonly #identities: ReadonlyMap<PartyId, Uint8Array>;
  readonly #codecs: ReadonlyMap<string, Codec<unknown>>;
  readonly #checks = new Map<string, Check>();
  readonly #pending: Evidence[] = [];
  /** Whether a message belongs to this session. */
  readonly #concerns: (header: Header) => boolean;

  constructor(
    me: PartyId,
    identities: ReadonlyMap<PartyId, Uint8Array>,
    codecs: ReadonlyMap<string, Codec<unknown>>,
    concerns: (header: Header) => boolean,
  ) {
    this.#me = me;
    this.#identities = identities;
    this.#codecs = codecs;
    this.#concerns = concerns;
  }

  /** What of this evidence holds. What cannot be judged yet waits for the check that it is about. */
  hear(evidence: readonly Evidence[]): Misbehaviour | undefined {
    return this.#convict(evidence, true);
  }

  /** A check that this party has made itself, by which it can judge what others accuse each other of from now on. */
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

  #fails(check: string, { type, round, from, to }: Header, payload: Uint8Array): boolean {
    if (check === ENCODING) {
      const codec = this.#codecs.get(codecKey(type, round));
      return codec !== undefined && tryDecode(codec, payload) === undefined;
    }
    const holds = type === 'data' ? this.#checks.get(checkKey(check, round)) : undefined;
    return holds !== undefined && !holds(from, payload, to === 'all' ? this.#me : to);
  }
}

export const codecKey = (type: MessageType, round: string): string => `${type} ${round}`;
const checkKey = (name: string, round: string): string => JSON.stringify([name, round]);
