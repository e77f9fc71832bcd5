import { type Envelope, type Header, hashOnly } from './envelope.ts';
import { ContextMismatch } from './errors.ts';
import { greetingCodec, HELLO } from './hello.ts';
import type { Inbox } from './inbox.ts';
import type { Messages } from './messages.ts';
import { ABORT } from './notice.ts';
import type { DropReason } from './observer.ts';
import type { PartyId } from './party-id.ts';
import { equivocation, showsRun } from './view.ts';
import type { Wire } from './wire.ts';

/**
 * A message that exceeds its limit by at most this number of bytes is still received, so that its sender can be named.
 */
export const SLACK = 4096;

/** The listener that is told what came in. */
export interface Receiver {
  /** A view or a notice of abort is in its slot. */
  filed(envelope: Envelope): void;
  failed(error: Error): void;
  dropped(reason: DropReason, from: PartyId): void;
}

/**
 * Takes in the frames that arrive: keeps frames that are early, files valid messages that belong here, drops and counts
 * the rest.
 */
export class Reception {
  readonly #me: PartyId;
  readonly #identities: ReadonlyMap<PartyId, Uint8Array>;
  readonly #wire: Wire;
  readonly #inbox: Inbox;
  readonly #receiver: Receiver;
  readonly #expected: ReadonlyMap<string, number>;
  readonly #early = new Map<PartyId, Uint8Array[]>();
  readonly #earlyLimit: number;

  constructor(
    me: PartyId,
    identities: ReadonlyMap<PartyId, Uint8Array>,
    messages: Messages,
    wire: Wire,
    inbox: Inbox,
    receiver: Receiver,
  ) {
    this.#me = me;
    this.#identities = identities;
    this.#wire = wire;
    this.#inbox = inbox;
    this.#receiver = receiver;
    this.#expected = expectations(messages, me);
    // an honest party sends one message of each sort
    this.#earlyLimit = this.#expected.size;
  }

  receive(from: PartyId, bytes: Uint8Array): void {
    const opened = this.#wire.open(from, bytes);
    if (opened.kind === 'message') this.#sort(opened.envelope, opened.clear, bytes);
    else if (opened.kind === 'early') this.#keep(from, bytes);
    else this.#receiver.dropped(opened.reason, from);
  }

  /** Takes in again the frames that came too early, of all parties or of the given ones. */
  retry(parties: Iterable<PartyId> = this.#early.keys()): void {
    for (const from of [...parties]) {
      const kept = this.#early.get(from) ?? [];
      this.#early.delete(from);
      for (const bytes of kept) this.receive(from, bytes);
    }
  }

  #sort(envelope: Envelope, clear: boolean, bytes: Uint8Array): void {
    const { type, sid, from } = envelope.header;
    const hello = this.#inbox.get('hello', HELLO, from);
    const limit = this.#expected.get(expectation(envelope.header, clear));
    if (limit === undefined) this.#receiver.dropped('foreign', from);
    else if (envelope.payload.length > limit + SLACK) this.#receiver.dropped('malformed', from);
    else if (!clear || type === 'hello') this.#file(envelope);
    else if (hello === undefined) this.#keep(from, bytes);
    else if (Buffer.from(hello.header.sid).equals(sid)) this.#file(envelope);
    else this.#meetOtherRun(envelope);
  }

  #keep(from: PartyId, bytes: Uint8Array): void {
    const kept = this.#early.get(from) ?? [];
    this.#early.set(from, kept);
    if (kept.length < this.#earlyLimit) kept.push(bytes);
    else this.#receiver.dropped('flood', from);
  }

  #file(envelope: Envelope): void {
    const { type, from } = envelope.header;
    const outcome = this.#inbox.put(envelope);
    if (outcome === 'repeated') this.#receiver.dropped('repeated', from);
    else if (outcome !== 'kept') this.#receiver.failed(equivocation(hashOnly(outcome.conflict), hashOnly(envelope)));
    else if (type === 'hello') this.retry([from]);
    else if (type !== 'data') this.#receiver.filed(envelope);
  }

  /**
   * Handles a message of another run than its sender's hello. The message is a replay of an old run, unless it answers
   * what this party has just sent.
   */
  #meetOtherRun(envelope: Envelope): void {
    const { type, from } = envelope.header;
    if (type === 'view' && showsRun(envelope, this.#wire.run, this.#me, this.#identities)) {
      this.#receiver.failed(new ContextMismatch(`party ${from} takes part in this session twice`));
    } else {
      this.#receiver.dropped('repeated', from);
    }
  }
}

/** Returns every sort of message that another party may send this party, with its limit in bytes. */
function expectations(messages: Messages, me: PartyId): ReadonlyMap<string, number> {
  const all = { round: ABORT, to: 'all' } as const;
  const expected = new Map([
    [expectation({ ...all, type: 'hello', round: HELLO }, true), greetingCodec.maxBytes],
    [expectation({ ...all, type: 'view', round: HELLO }, true), Number.POSITIVE_INFINITY],
    [expectation({ ...all, type: 'abort' }, true), Number.POSITIVE_INFINITY],
    [expectation({ ...all, type: 'abort' }, false), Number.POSITIVE_INFINITY],
  ]);
  for (const [round, { kind, codec }] of Object.entries(messages)) {
    const to = kind === 'direct' ? me : 'all';
    expected.set(expectation({ type: 'data', round, to }, false), codec.maxBytes);
    if (kind === 'echo') expected.set(expectation({ type: 'view', round, to }, false), Number.POSITIVE_INFINITY);
  }
  return expected;
}

const expectation = ({ type, round, to }: Pick<Header, 'type' | 'round' | 'to'>, clear: boolean): string =>
  JSON.stringify([type, round, to, clear]);
