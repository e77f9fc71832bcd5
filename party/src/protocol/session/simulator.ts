/**
 * A whole session in memory. The parties run the engine of production over a network that does what a test wants, in
 * virtual time. The order of frames depends on the seed alone. Callbacks given to the simulator must not wait for real
 * input or output.
 */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { Channel } from './channel.ts';
import type { SessionParameters } from './context.ts';
import type { Envelope, MessageType, Recipient } from './envelope.ts';
import type { Messages } from './messages.ts';
import type { DropReason } from './observer.ts';
import type { Party } from './party.ts';
import type { PartyId } from './party-id.ts';
import { Session, type SessionOptions, type SessionOutcome } from './session.ts';
import type { Signer } from './signer.ts';

/** Bytes between two parties. A broadcast is one frame for each recipient. */
export interface Frame {
  readonly from: PartyId;
  readonly to: PartyId;
  readonly bytes: Uint8Array;
  /** The number of the frame in the simulation. */
  readonly index: number;
}

/**
 * One arrival of a frame. A dropped frame has none, a duplicated frame has two, and a forged frame arrives with other
 * bytes or another alleged sender.
 */
export interface Delivery {
  readonly bytes: Uint8Array;
  readonly from?: PartyId;
  readonly to?: PartyId;
  /** The time on the way, in virtual milliseconds. */
  readonly delay?: number;
}

export type Network = (frame: Frame, random: () => number) => readonly Delivery[];

/** A message of an adversary, before it is signed and sealed. */
export interface Outgoing {
  readonly type: MessageType;
  readonly round: string;
  readonly to: PartyId;
  readonly payload: Uint8Array;
}

/** A payload that is signed once more, under another sequence number than before. */
export interface SignedAgain {
  readonly again: Uint8Array;
}

type Variants = readonly (Uint8Array | SignedAgain)[];

/**
 * Returns what an adversary sends instead of a message, properly signed and sealed: nothing, another payload, or
 * several. Called for each recipient.
 */
export type Adversary = (message: Outgoing) => Variants | Promise<Variants>;

export interface Simulation<M extends Messages, T> {
  readonly parties: number | readonly PartyId[];
  readonly messages: M;
  readonly protocol: (party: Party<M>) => Promise<T>;
  readonly seed?: number;
  readonly threshold?: number;
  readonly signers?: ReadonlyMap<PartyId, Signer>;
  /** What all parties take the session to be about. */
  readonly parameters?: Partial<SessionParameters>;
  /** The options in which one party differs from the usual ones. */
  readonly options?: (id: PartyId, usual: SessionOptions) => Partial<SessionOptions>;
  readonly network?: Network;
  readonly adversaries?: ReadonlyMap<PartyId, Adversary>;
  /** The deadline of every party, in virtual milliseconds. */
  readonly deadline?: number;
}

export interface Simulated<T> {
  readonly outcomes: ReadonlyMap<PartyId, PromiseSettledResult<SessionOutcome<T>>>;
  /** Everything that was sent, in order. */
  readonly frames: readonly Frame[];
  /** What each party dropped, and why. */
  readonly drops: ReadonlyMap<PartyId, readonly DropReason[]>;
  readonly identities: ReadonlyMap<PartyId, Uint8Array>;
  /** The time at which the last party was done, in virtual milliseconds. */
  readonly duration: number;
}

const LATENCY = 1;

/** All frames arrive in order. */
export const orderly: Network = ({ bytes }) => [{ bytes }];
/** Frames overtake each other, and every third arrives twice. */
export const chaotic: Network = ({ bytes }, random) => {
  const copies = random() < 1 / 3 ? 2 : 1;
  return Array.from({ length: copies }, () => ({ bytes, delay: random() * 100 }));
};

export function makeSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x } = publicKey.export({ format: 'jwk' });
  return {
    publicKey: new Uint8Array(Buffer.from(x ?? '', 'base64url')),
    sign: bytes => new Uint8Array(sign(null, bytes, privateKey)),
  };
}

/** Runs a session of all parties to its end. Never rejects: each party's outcome is in the result. */
export async function simulate<M extends Messages, T>(simulation: Simulation<M, T>): Promise<Simulated<T>> {
  const { messages, protocol, network = orderly, seed = 1, deadline = 10_000 } = simulation;
  const ids = typeof simulation.parties === 'number' ? range(simulation.parties) : simulation.parties;
  const signers = new Map(ids.map(id => [id, simulation.signers?.get(id) ?? makeSigner()]));
  const members = [...signers].map(([id, { publicKey }]) => ({ id, identity: publicKey }));
  const parameters: SessionParameters = {
    session: 'simulation',
    protocol: 'simulation/v1',
    suite: 'none',
    key: 'simulated',
    epoch: 1,
    threshold: simulation.threshold ?? 2,
    members,
    extras: {},
    ...simulation.parameters,
  };
  const time = new VirtualTime();
  const hub = new Hub(ids, time, network, pseudorandom(seed));
  const drops = new Map<PartyId, DropReason[]>(ids.map(id => [id, []]));
  const run = async ([me, signer]: [PartyId, Signer]): Promise<SessionOutcome<T>> => {
    const usual: SessionOptions = {
      me,
      parameters,
      signer,
      channel: hub.channel(me),
      standing: { incarnation: 1, position: 0, head: new Uint8Array(32) },
      acceptStandings: () => {},
      claimSid: () => true,
      signal: time.timeout(deadline),
      observer: { dropped: reason => drops.get(me)?.push(reason) },
    };
    const options = { ...usual, ...simulation.options?.(me, usual) };
    const adversary = simulation.adversaries?.get(me);
    return (adversary ? new Misbehaving(options, messages, adversary) : new Session(options, messages)).run(protocol);
  };
  let running = true;
  const settled = Promise.allSettled([...signers].map(run)).finally(() => {
    running = false;
  });
  await time.pass(() => running);
  const results = await settled;
  const outcomes = new Map(ids.flatMap((id, i) => (results[i] ? [[id, results[i]] as const] : [])));
  const identities = new Map(members.map(({ id, identity }) => [id, identity]));
  return { outcomes, frames: hub.frames, drops, identities, duration: time.now };
}

/** Returns the results of all parties. @throws the first failure */
export function results<T>({ outcomes }: Simulated<T>): ReadonlyMap<PartyId, SessionOutcome<T>> {
  return new Map(
    [...outcomes].map(([id, outcome]) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return [id, outcome.value];
    }),
  );
}

class Misbehaving<M extends Messages> extends Session<M> {
  readonly #adversary: Adversary;

  constructor(options: SessionOptions, messages: M, adversary: Adversary) {
    super(options, messages);
    this.#adversary = adversary;
  }

  override async post(type: MessageType, round: string, to: Recipient, payload: Uint8Array): Promise<Envelope> {
    const recipients = to === 'all' ? this.parties.filter(id => id !== this.me) : [to];
    const signed = new Map<string, { envelope: Envelope; frame: Uint8Array }>();
    for (const recipient of recipients) {
      for (const variant of await this.#adversary({ type, round, to: recipient, payload })) {
        const [content, times] = 'again' in variant ? [variant.again, 'again'] : [variant, 'once'];
        const key = `${times} ${Buffer.from(content).toString('hex')}`;
        const made = signed.get(key) ?? (await this.#make(type, round, to, content));
        signed.set(key, made);
        await this.channel.send(recipient, made.frame);
      }
    }
    // the adversary claims to have said what it has told the first recipient
    const [first] = signed.values();
    return first?.envelope ?? (await this.#make(type, round, to, payload)).envelope;
  }

  async #make(type: MessageType, round: string, to: Recipient, payload: Uint8Array) {
    const envelope = await this.wire.sign(type, round, to, payload);
    return { envelope, frame: this.wire.pack(envelope) };
  }
}

/** A clock that stands still while any party computes, and then jumps to the next event. */
class VirtualTime {
  now = 0;
  #order = 0;
  readonly #events: { readonly at: number; readonly order: number; readonly happen: () => void }[] = [];

  after(delay: number, happen: () => void): void {
    this.#events.push({ at: this.now + delay, order: this.#order++, happen });
    this.#events.sort((a, b) => a.at - b.at || a.order - b.order);
  }

  timeout(delay: number): AbortSignal {
    const controller = new AbortController();
    this.after(delay, () => controller.abort(new DOMException('the deadline has passed', 'TimeoutError')));
    return controller.signal;
  }

  async pass(running: () => boolean): Promise<void> {
    for (;;) {
      await quiescence();
      const event = running() ? this.#events.shift() : undefined;
      if (event === undefined) return;
      this.now = event.at;
      event.happen();
    }
  }
}

/** Resolves when every promise that can settle by itself has settled. */
const quiescence = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

class Hub {
  readonly frames: Frame[] = [];
  readonly #ids: readonly PartyId[];
  readonly #time: VirtualTime;
  readonly #network: Network;
  readonly #random: () => number;
  readonly #listeners = new Map<PartyId, (from: PartyId, bytes: Uint8Array) => void>();

  constructor(ids: readonly PartyId[], time: VirtualTime, network: Network, random: () => number) {
    this.#ids = ids;
    this.#time = time;
    this.#network = network;
    this.#random = random;
  }

  channel(me: PartyId): Channel {
    return {
      send: (to, bytes) => {
        for (const id of to === 'all' ? this.#ids.filter(other => other !== me) : [to]) this.#carry(me, id, bytes);
      },
      listen: receive => {
        this.#listeners.set(me, receive);
        return () => this.#listeners.delete(me);
      },
    };
  }

  #carry(from: PartyId, to: PartyId, bytes: Uint8Array): void {
    const frame = { from, to, bytes, index: this.frames.length };
    this.frames.push(frame);
    for (const delivery of this.#network(frame, this.#random)) {
      const arrive = () => this.#listeners.get(delivery.to ?? to)?.(delivery.from ?? from, delivery.bytes);
      this.#time.after(delivery.delay ?? LATENCY, arrive);
    }
  }
}

const range = (n: number): PartyId[] => Array.from({ length: n }, (_, i) => i + 1);

/** Mulberry32: a small generator for schedules, not for secrets. */
function pseudorandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
