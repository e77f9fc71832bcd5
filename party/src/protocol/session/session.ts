/**
 * The engine, which runs a protocol written against `Party` over a channel that may do anything. Handshake, signatures,
 * seals, slots, comparison of views, blame and notices of abort are the same for every protocol and every transport.
 */
import type { Channel } from './channel.ts';
import { type Layout, tryDecode } from './codec.ts';
import { sessionContext, validateParameters } from './context.ts';
import type { Envelope, Header, MessageType, Recipient } from './envelope.ts';
import { Misbehaviour, Timeout } from './errors.ts';
import { type HandshakeOptions, shakeHands } from './handshake.ts';
import { greetingCodec, HELLO } from './hello.ts';
import { Inbox, type Slot, slot } from './inbox.ts';
import { Judge } from './judge.ts';
import type { Messages } from './messages.ts';
import { ABORT, departure, type Notice, noticeLayout, noticeOf } from './notice.ts';
import type { SessionObserver } from './observer.ts';
import type { Party } from './party.ts';
import type { PartyId } from './party-id.ts';
import { Reception, SLACK } from './reception.ts';
import { sessionRecord } from './record.ts';
import { type Engine, SessionParty } from './rounds.ts';
import type { SessionRecord } from './signed-message.ts';
import type { Signer } from './signer.ts';
import { compareView, encodeView, viewLayout } from './view.ts';
import { Wire } from './wire.ts';

export interface SessionOptions extends HandshakeOptions {
  readonly me: PartyId;
  readonly signer: Signer;
  readonly channel: Channel;
  /**
   * The deadline. If the reason of the signal is a TimeoutError (as of AbortSignal.timeout) or DeadlineExceeded (as of
   * the runtime), the session ends with Timeout. With any other reason, such as a shutdown, the session ends with that
   * reason.
   */
  readonly signal: AbortSignal;
  readonly observer?: SessionObserver;
}

export interface SessionOutcome<T> {
  readonly result: T;
  readonly sid: Uint8Array;
  /** Hash of the context and of all that was broadcast: the same for all parties. 32 bytes. */
  readonly transcript: Uint8Array;
}

/**
 * Runs a protocol with the other parties of `options.parameters`, to its end or to the first failure. The other parties
 * are told of a failure.
 * @throws Timeout, ContextMismatch, Misbehaviour
 * @throws CheckError if a check of this party ends with an error
 * @throws RangeError for invalid parameters
 */
export async function runSession<M extends Messages, T>(
  options: SessionOptions,
  messages: M,
  protocol: (party: Party<M>) => Promise<T>,
): Promise<SessionOutcome<T>> {
  return new Session(options, messages).run(protocol);
}

const DEADLINES: readonly string[] = ['TimeoutError', 'DeadlineExceeded'];

/** One run of a session at one party. */
export class Session<M extends Messages> implements Engine {
  readonly me: PartyId;
  readonly parties: readonly PartyId[];
  readonly inbox: Inbox;
  readonly judge: Judge;
  protected readonly wire: Wire;
  protected readonly channel: Channel;
  readonly #options: SessionOptions;
  readonly #messages: M;
  readonly #identities: ReadonlyMap<PartyId, Uint8Array>;
  readonly #notice: Layout<Notice>;
  readonly #reception: Reception;
  readonly #sent = new Set<Slot>();
  readonly #failed = Promise.withResolvers<never>();
  /** The messages of the rounds whose views are being compared, or have been compared. */
  readonly #compared = new Map<string, ReadonlyMap<PartyId, Envelope>>();
  #sid: Uint8Array | undefined;
  #failure: Error | undefined;

  constructor(options: SessionOptions, messages: M) {
    const { me, parameters, signer } = options;
    validateParameters(parameters, me, signer.publicKey);
    if (HELLO in messages) throw new RangeError(`no protocol has a round ${HELLO}: it is the handshake's`);
    this.me = me;
    this.channel = options.channel;
    this.parties = parameters.members.map(({ id }) => id);
    this.inbox = new Inbox(this.parties.filter(id => id !== me));
    this.#options = options;
    this.#messages = messages;
    this.#identities = new Map(parameters.members.map(({ id, identity }) => [id, identity]));
    this.judge = new Judge(me, this.#identities, messages, header => this.#concerns(header));
    const codecs = [greetingCodec, ...Object.values(messages).map(({ codec }) => codec)];
    const largest = SLACK + Math.max(...codecs.map(({ maxBytes }) => maxBytes));
    this.#notice = noticeLayout(this.parties.length, 2 * codecs.length, largest);
    const maxPayload = Math.max(this.#notice.maxBytes, viewLayout(this.parties.length).maxBytes);
    this.wire = new Wire(parameters.session, me, parameters.members, signer, maxPayload);
    this.#reception = new Reception(me, this.#identities, messages, this.wire, this.inbox, {
      filed: envelope => (envelope.header.type === 'view' ? this.#compare(envelope) : this.#hear(envelope)),
      failed: error => this.#fail(error),
      dropped: (reason, from) => options.observer?.dropped?.(reason, from),
    });
  }

  async run<T>(protocol: (party: Party<M>) => Promise<T>): Promise<SessionOutcome<T>> {
    const { signal } = this.#options;
    if (signal.aborted) throw this.#expiry();
    const stop = this.channel.listen((from, bytes) => this.#reception.receive(from, bytes));
    const expire = () => this.#fail(this.#expiry());
    signal.addEventListener('abort', expire);
    try {
      return await Promise.race([this.#conduct(protocol), this.#failed.promise]);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
      await this.#sayWhy(error);
      throw error instanceof Misbehaviour ? error.with(this.#record()) : error;
    } finally {
      signal.removeEventListener('abort', expire);
      stop();
      this.wire.close();
      this.inbox.wipe();
    }
  }

  async post(type: MessageType, round: string, to: Recipient, payload: Uint8Array): Promise<Envelope> {
    // after a failure nothing more is sent, even if the protocol goes on, or another branch of it than the one that
    // failed
    if (this.#failure && type !== 'abort') throw this.#failure;
    const envelope = await this.wire.sign(type, round, to, payload);
    await this.channel.send(to, this.wire.pack(envelope));
    this.#sent.add(slot(type, round));
    return envelope;
  }

  async compareViews(round: string, received: ReadonlyMap<PartyId, Envelope>): Promise<void> {
    await this.post('view', round, 'all', encodeView(received));
    this.#compared.set(round, received);
    for (const view of this.inbox.arrived('view', round)) this.#compare(view);
    await this.inbox.all('view', round);
  }

  stage(name: string): () => void {
    return this.#options.observer?.stage?.(name) ?? (() => {});
  }

  async #conduct<T>(protocol: (party: Party<M>) => Promise<T>): Promise<SessionOutcome<T>> {
    const { parameters } = this.#options;
    const done = this.stage(HELLO);
    const { sid, seals } = await shakeHands(this, this.#options);
    this.#sid = sid;
    this.wire.seal(sid, seals);
    this.#reception.retry();
    done();
    const party = new SessionParty(this, this.#messages, sessionContext(sid, parameters.protocol));
    const result = await protocol(party);
    return { result, sid, transcript: party.transcript() };
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#failed.reject(error);
    this.inbox.fail(error);
  }

  /** Compares a view as soon as it comes in, so that an equivocator which sends no view of its own is found too. */
  #compare(view: Envelope): void {
    const received = this.#compared.get(view.header.round);
    const failure = received && compareView(view, received, this.#identities);
    if (failure) this.#fail(failure);
  }

  #hear({ header, payload }: Envelope): void {
    const notice = tryDecode(this.#notice, payload)?.value ?? noticeOf(undefined, []);
    const proven = this.judge.hear(notice.evidence);
    if (proven) this.#fail(proven);
    this.inbox.leave(header.from, notice.sent, departure(header.from, notice));
  }

  #record(): SessionRecord {
    return sessionRecord(this.#options.parameters, this.#compared, this.inbox);
  }

  #concerns({ sid, from }: Header): boolean {
    const run = from === this.me ? this.wire.run : this.inbox.get('hello', HELLO, from)?.header.sid;
    return [this.#sid, run].some(known => known !== undefined && Buffer.from(known).equals(sid));
  }

  #expiry(): Error {
    const { reason } = this.#options.signal;
    if (!(reason instanceof Error)) return new Error(`the session was ended: ${String(reason)}`);
    if (!DEADLINES.includes(reason.name)) return reason;
    // if no message is missing, this party itself was too slow
    const { round, parties } = this.inbox.missing() ?? { round: 'own work', parties: [this.me] };
    return new Timeout(round, parties);
  }

  async #sayWhy(error: unknown): Promise<void> {
    try {
      await this.post('abort', ABORT, 'all', this.#notice.encode(noticeOf(error, [...this.#sent])));
    } catch {
      // the caller must hear of the failure itself; the other parties have deadlines of their own
    }
  }
}
