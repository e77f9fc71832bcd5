import { tryDecode } from './codec.ts';
import type { Envelope, MessageType, Recipient } from './envelope.ts';
import { type Inbox, withOwn } from './inbox.ts';
import { accuse, decodeAll, type Judge, unjudged } from './judge.ts';
import type { Kind, Message, Messages, Payload, Rounds } from './messages.ts';
import type { Party, Received, SessionContext } from './party.ts';
import type { PartyId } from './party-id.ts';
import { type Absorbable, Transcript } from './transcript.ts';

/** What a session does for the rounds of its protocol. */
export interface Engine {
  readonly me: PartyId;
  readonly parties: readonly PartyId[];
  readonly inbox: Inbox;
  readonly judge: Judge;
  /** Signs, seals and sends a message. */
  post(type: MessageType, round: string, to: Recipient, payload: Uint8Array): Promise<Envelope>;
  /**
   * Compares the views of a round. Resolves when all parties have shown that they received the same.
   * @throws Misbehaviour
   */
  compareViews(round: string, received: ReadonlyMap<PartyId, Envelope>): Promise<void>;
  stage(name: string): () => void;
}

/** The protocol's side of a session. */
export class SessionParty<M extends Messages> implements Party<M> {
  readonly me: PartyId;
  readonly parties: readonly PartyId[];
  readonly others: readonly PartyId[];
  readonly context: SessionContext;
  readonly #engine: Engine;
  readonly #messages: M;
  readonly #begun = new Set<string>();
  #transcript: Transcript;

  constructor(engine: Engine, messages: M, context: SessionContext) {
    this.me = engine.me;
    this.parties = engine.parties;
    this.others = engine.parties.filter(id => id !== engine.me);
    this.context = context;
    this.#engine = engine;
    this.#messages = messages;
    this.#transcript = new Transcript('mpc/v1/session', context.sid, context.protocol);
  }

  /** Returns the hash of everything that was broadcast, which is the same for all parties. 32 bytes. */
  transcript(): Uint8Array {
    return this.#transcript.digest();
  }

  async broadcast<R extends Rounds<M, 'echo' | 'plain'>>(
    round: R,
    message: Payload<M, R>,
  ): Promise<Received<Payload<M, R>>> {
    const { codec, kind } = this.#begin(round, ['echo', 'plain']);
    const done = this.#engine.stage(round);
    const own = await this.#engine.post('data', round, 'all', codec.encode(message));
    const received = await this.#engine.inbox.all('data', round);
    const all = withOwn(received, this.me, own);
    if (kind === 'echo') await this.#engine.compareViews(round, all);
    const hashes: Absorbable[] = [...all].map(([id, { header }]) => [id, header.payloadHash]);
    this.#transcript = this.#transcript.absorb(round, ...hashes);
    const messages = withOwn(decodeAll(codec, received), this.me, message);
    done();
    return messages;
  }

  async exchange<R extends Rounds<M, 'direct'>>(
    round: R,
    make: (to: PartyId) => Payload<M, R>,
  ): Promise<Received<Payload<M, R>>> {
    const { codec } = this.#begin(round, ['direct']);
    const done = this.#engine.stage(round);
    for (const to of this.others) {
      const payload = codec.encode(make(to));
      await this.#engine.post('data', round, to, payload);
      payload.fill(0);
    }
    const messages = decodeAll(codec, await this.#engine.inbox.all('data', round));
    done();
    return messages;
  }

  check<R extends keyof M & string>(
    name: string,
    round: R,
    received: Received<Payload<M, R>>,
    holds: (from: PartyId, message: Payload<M, R>, to: PartyId) => boolean,
  ): void {
    const failing: PartyId[] = [];
    const errors = new Map<PartyId, unknown>();
    for (const from of this.others) {
      const message = received.get(from);
      if (message === undefined) throw new RangeError(`${name}: nothing of party ${from} to check`);
      try {
        if (!holds(from, message, this.me)) failing.push(from);
      } catch (error) {
        errors.set(from, error);
      }
    }
    if (failing.length > 0) throw accuse(name, this.#sentBy(failing, round));
    const [error] = errors.values();
    if (errors.size > 0) throw unjudged(name, this.#sentBy([...errors.keys()], round), error);
    const { codec } = this.#declaration(round);
    const proven = this.#engine.judge.learn(name, round, (from, payload, to) => {
      const message = tryDecode(codec, payload);
      return message !== undefined && holds(from, message.value, to);
    });
    if (proven) throw proven;
  }

  #sentBy(parties: readonly PartyId[], round: string): readonly Envelope[] {
    const sent = parties.map(from => this.#engine.inbox.get('data', round, from));
    return sent.filter(envelope => envelope !== undefined);
  }

  #declaration<R extends keyof M & string>(round: R): Message<Payload<M, R>, Kind> {
    const declared = this.#messages[round];
    if (declared === undefined) throw new RangeError(`the protocol declares no round ${round}`);
    // Payload<M, R> is by definition what this codec carries; the compiler does not follow that through the index
    return declared as Message<Payload<M, R>, Kind>;
  }

  #begin<R extends keyof M & string>(round: R, kinds: readonly Kind[]): Message<Payload<M, R>, Kind> {
    const declared = this.#declaration(round);
    if (!kinds.includes(declared.kind)) throw new RangeError(`round ${round} is declared as ${declared.kind}`);
    if (this.#begun.has(round)) throw new RangeError(`round ${round} is begun a second time`);
    this.#begun.add(round);
    return declared;
  }
}
