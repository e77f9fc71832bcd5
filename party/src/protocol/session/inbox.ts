import type { Envelope, MessageType } from './envelope.ts';
import { samePlace } from './envelope.ts';
import type { PartyId } from './party-id.ts';

/** The type and the round of a message. Each party has one message in a slot. */
export type Slot = `${MessageType} ${string}`;
export const slot = (type: MessageType, round: string): Slot => `${type} ${round}`;

/**
 * The outcome of a message: it is kept, it was there before, or its sender has signed a different message for the same
 * place.
 */
export type Outcome = 'kept' | 'repeated' | { readonly conflict: Envelope };

/** Returns the error of a wait in `round` for the messages of `absent`, among them the party that left. */
export type Departure = (round: string, absent: readonly PartyId[]) => Error;

interface Waiter {
  readonly slot: Slot;
  readonly resolve: (received: ReadonlyMap<PartyId, Envelope>) => void;
  readonly reject: (error: Error) => void;
}

/** Returns what the others sent together with what this party sent, by party, ascending. */
export const withOwn = <T>(others: ReadonlyMap<PartyId, T>, me: PartyId, own: T): Map<PartyId, T> =>
  new Map([...others, [me, own] as const].sort(([a], [b]) => a - b));

/**
 * The messages that this party has received. A slot takes one message of each sender: the first valid one (attack list
 * I8).
 */
export class Inbox {
  readonly #senders: readonly PartyId[];
  readonly #slots = new Map<Slot, Map<PartyId, Envelope>>();
  readonly #waiters = new Set<Waiter>();
  /** The parties that will send nothing more. Some of what they have sent may still be on its way. */
  readonly #gone = new Map<PartyId, { readonly sent: ReadonlySet<string>; readonly departure: Departure }>();
  #failure: Error | undefined;

  /** `senders`: the other parties. */
  constructor(senders: readonly PartyId[]) {
    this.#senders = senders;
  }

  put(envelope: Envelope): Outcome {
    const { header } = envelope;
    const key = slot(header.type, header.round);
    const senders = this.#slots.get(key) ?? new Map<PartyId, Envelope>();
    this.#slots.set(key, senders);
    const first = senders.get(header.from);
    if (first === undefined) {
      senders.set(header.from, envelope);
      this.#settle();
      return 'kept';
    }
    const same = Buffer.from(first.signed).equals(envelope.signed);
    return same || !samePlace(first.header, header) ? 'repeated' : { conflict: first };
  }

  get(type: MessageType, round: string, from: PartyId): Envelope | undefined {
    return this.#slots.get(slot(type, round))?.get(from);
  }

  /** The messages of a round that have arrived so far. */
  arrived(type: MessageType, round: string): readonly Envelope[] {
    return [...(this.#slots.get(slot(type, round))?.values() ?? [])];
  }

  /**
   * Returns the messages of all senders, ascending, once they are there.
   * @throws the error of the departure that `leave` was given for a party whose message is missing
   */
  all(type: MessageType, round: string): Promise<ReadonlyMap<PartyId, Envelope>> {
    return new Promise((resolve, reject) => {
      this.#waiters.add({ slot: slot(type, round), resolve, reject });
      this.#settle();
    });
  }

  /** Notes that a party will send nothing more. `sent`: the slots of what it has sent. */
  leave(party: PartyId, sent: readonly string[], departure: Departure): void {
    if (!this.#gone.has(party)) this.#gone.set(party, { sent: new Set(sent), departure });
    this.#settle();
  }

  /**
   * The parties whose messages this party waits for at this moment, ascending, and the round. Undefined if it waits for
   * none.
   */
  missing(): { readonly round: string; readonly parties: readonly PartyId[] } | undefined {
    const [waiter] = this.#waiters;
    return waiter && { round: roundOf(waiter.slot), parties: this.#absentFrom(waiter.slot) };
  }

  /**
   * Fails every wait, present and future, with this error: a protocol must come to its end, and let go of its secrets.
   */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#settle();
  }

  /** Overwrites what was received: payloads may hold secrets, such as shares. */
  wipe(): void {
    for (const senders of this.#slots.values()) for (const { payload } of senders.values()) payload.fill(0);
    this.#slots.clear();
  }

  #absentFrom(key: Slot): readonly PartyId[] {
    const senders = this.#slots.get(key);
    return this.#senders.filter(id => !senders?.has(id));
  }

  #settle(): void {
    for (const waiter of this.#waiters) {
      const absent = this.#absentFrom(waiter.slot);
      const failure = this.#failure ?? this.#departureOf(absent, waiter.slot)?.(roundOf(waiter.slot), absent);
      if (failure) waiter.reject(failure);
      else if (absent.length === 0) waiter.resolve(this.#inOrder(waiter.slot));
      else continue;
      this.#waiters.delete(waiter);
    }
  }

  #departureOf(absent: readonly PartyId[], key: Slot): Departure | undefined {
    return absent.map(id => this.#gone.get(id)).find(gone => gone && !gone.sent.has(key))?.departure;
  }

  #inOrder(key: Slot): ReadonlyMap<PartyId, Envelope> {
    const senders = this.#slots.get(key);
    const found = new Map<PartyId, Envelope>();
    for (const id of this.#senders) {
      const envelope = senders?.get(id);
      if (envelope) found.set(id, envelope);
    }
    return found;
  }
}

const roundOf = (key: Slot): string => key.slice(key.indexOf(' ') + 1);
