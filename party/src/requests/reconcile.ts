/**
 * What a party does about a SignRequest, whenever something about it changes or its turn comes: lead a session, publish the signature
 * that it has, or say why there is none. It needs neither the operator nor the other parties to agree on who does it.
 */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Reconcile, Result } from '@mpc-operator/runtime/controller';
import type { EventRecorder } from '@mpc-operator/runtime/events';
import type { Logger } from '@mpc-operator/runtime/log';
import type { ObjectKey } from '@mpc-operator/runtime/object';
import type { Bans } from '../bans/bans.ts';
import type { Peers } from '../peers/peers.ts';
import { PresignatureGone, type Presignatures } from '../presignatures/presignatures.ts';
import { isOfSession, Misbehaviour, Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Verdict } from './decision.ts';
import { turnOf } from './leadership.ts';
import { bannedOf, type Plan, planOf } from './plan.ts';
import type { RequestSigner } from './request-signer.ts';
import { courseOf, type Memory, RequestStates } from './request-state.ts';
import { isEcdsa, type Length, restAfter, SessionPlaces, within } from './sessions.ts';
import { writeStatus } from './sign-requests.ts';
import { failed, pending, type Signature, succeeded, withLast } from './status.ts';

export interface RequestsOptions {
  readonly me: PartyId;
  readonly client: ApiClient;
  readonly events: EventRecorder;
  readonly peers: Pick<Peers, 'present'>;
  readonly signer: Pick<RequestSigner, 'lead'>;
  readonly presignatures: Pick<Presignatures, 'find'>;
  readonly bans: Pick<Bans, 'has'>;
  /** Whether this party takes part in sessions: its HSM answers, it is not about to stop. */
  readonly able: () => boolean;
  /** The generation of auxiliary information that ecdsa keys sign with; 0: there is none yet. */
  readonly generation: () => number;
  /** There may be a place for this request now. */
  readonly wake: (key: ObjectKey) => void;
  readonly clock: Clock;
  readonly read: (key: ObjectKey) => SignRequest | undefined;
  readonly judge: (request: SignRequest) => Verdict;
  /** The signature that this party has made for a request before. */
  readonly recorded: (uid: string) => Promise<Signature | undefined>;
  readonly observe: (result: 'signed' | 'failed', seconds: number) => void;
}

/** Milliseconds that each party waits for the one whose turn is before its own. */
const TAKEOVER = 3_000;
/** After so long, or half of the time that the request has, nobody is waited for any more who works on it and gets nowhere. */
const PATIENCE = 15_000;
/** Decides between parties that were in equally many sessions that failed. */
const SUSPICION = 0.001;
const QUORUM_POLL = 500;
const UNABLE_POLL = 1_000;

/** What is left to do when there is a place for a session. */
interface Lead {
  readonly length: Length;
  /** Milliseconds until the request has failed. */
  readonly left: number;
  readonly run: () => Promise<Result>;
}

type ToSign = Extract<Verdict, { kind: 'sign' }>;
type ToFail = Extract<Verdict, { kind: 'fail' }>;

export class Requests {
  readonly #options: RequestsOptions;
  readonly #memories = new RequestStates();
  readonly #places: SessionPlaces;

  constructor(options: RequestsOptions) {
    this.#options = options;
    this.#places = new SessionPlaces(() => options.clock.now());
  }

  readonly reconcile: Reconcile = async (key, { log }): Promise<Result> => {
    let wish: Result | Lead = {};
    try {
      wish = await this.#decide(key, log);
    } finally {
      // also after an error: those behind it would wait until it is tried again
      if (!('run' in wish)) this.#places.leave(key.name);
    }
    if (!('run' in wish)) return wish;
    using place = this.#places.enter(wish.length, key.name, () => this.#options.wake(key));
    // it does not wait here: others are looked at meanwhile
    return place ? await wish.run() : { requeueAfter: wish.left };
  };

  /** Does what takes no session; otherwise returns what does. */
  async #decide(key: ObjectKey, log: Logger): Promise<Result | Lead> {
    const { judge, read } = this.#options;
    const request = read(key);
    const verdict = request && judge(request);
    if (request === undefined || verdict === undefined || verdict.kind === 'ignore') {
      this.#memories.forget(key.name);
      return {};
    }
    const memory = this.#memories.of(request, this.#now());
    const answer = await this.#options.recorded(memory.uid);
    const wait = answer && memory.askedAgain ? 0 : this.#untilTurn(memory, verdict);
    if (wait > 0) return { requeueAfter: wait };
    if (answer !== undefined) return await this.#publish(request, answer, memory);
    switch (verdict.kind) {
      case 'fail':
        return await this.#fail(request, verdict, memory);
      case 'wait':
        await this.#wait(request, memory, verdict.reason, verdict.message);
        return { requeueAfter: TAKEOVER };
      case 'sign':
        return await this.#prepare(request, verdict, memory, log);
    }
  }

  /** Somebody else works on the request: this party comes to its session. */
  heard(name: string): void {
    const memory = this.#memories.get(name);
    if (memory !== undefined) memory.heard = this.#now();
  }

  /** Somebody else asks for a signature that this party has made: it is for this one to publish it, and at once. */
  askedAgain(name: string): void {
    const memory = this.#memories.get(name);
    if (memory !== undefined) memory.askedAgain = true;
  }

  /** A session that this party came to has failed. Whoever broke it is not waited for, and not asked. */
  sessionFailed(request: SignRequest, error: unknown): void {
    const memory = this.#memories.get(request.metadata.name);
    if (memory?.uid === request.metadata.uid && memory && error instanceof Misbehaviour)
      this.#blame(request, memory, error);
  }

  async #prepare(request: SignRequest, verdict: ToSign, memory: Memory, log: Logger): Promise<Result | Lead> {
    const { me, able } = this.#options;
    if (!able() || memory.culprits.has(me)) return { requeueAfter: UNABLE_POLL };
    const left = verdict.deadline - this.#now();
    const rest = memory.rests - this.#now();
    if (rest > 0) return { requeueAfter: within(rest, left) };
    if (isEcdsa(verdict.key) && this.#options.generation() === 0) {
      const message = 'the parties have no auxiliary information yet: see AuxiliaryReady of their MpcCluster';
      await this.#wait(request, memory, 'WaitingForAuxiliary', message);
      return { requeueAfter: within(TAKEOVER, left) };
    }
    const plan = planOf(request, verdict, memory, left, this.#options);
    if (plan === undefined) {
      const message = `fewer than the ${verdict.key.spec.threshold} parties needed to sign can be reached`;
      await this.#wait(request, memory, 'QuorumUnavailable', message);
      return { requeueAfter: within(QUORUM_POLL, left) };
    }
    return {
      length: plan.length,
      left: within(left, left),
      run: () => this.#lead(request, verdict, memory, plan, log),
    };
  }

  async #lead(
    request: SignRequest,
    verdict: ToSign,
    memory: Memory,
    { signers, presignature, length, timeout }: Plan,
    log: Logger,
  ): Promise<Result> {
    const begin = this.#now();
    memory.attempts += 1;
    const places = this.#places.for(length);
    let signature: Signature;
    try {
      signature = await this.#options.signer.lead(request, verdict, signers, timeout, presignature);
      places.ended();
      if (presignature !== undefined) log.info('signed from a presignature', { presignature });
    } catch (error) {
      if (error instanceof PresignatureGone) {
        log.info('a presignature was not complete any more: signing interactively', { presignature });
        memory.attempts -= 1;
        memory.interactively = true;
        return { requeueAfter: 1 };
      }
      if (error instanceof Timeout && this.#now() - begin >= timeout) places.ranOutOfTime();
      log.warn('a session to sign failed', { session: memory.attempts, signers, error });
      return await this.#learn(request, verdict, memory, signers, error);
    }
    return await this.#publish(request, signature, memory);
  }

  /** The signers are replaced, above all who did not answer; who misbehaved is named, and never asked again for this request. */
  async #learn(
    request: SignRequest,
    { key, deadline }: ToSign,
    memory: Memory,
    signers: readonly PartyId[],
    error: unknown,
  ): Promise<Result> {
    const { attempts, troubles } = memory;
    if (error instanceof Misbehaviour) this.#blame(request, memory, error);
    // any of them may be why, even if it is another one that did not answer; whoever did not is suspected a little more
    const missing = error instanceof Timeout ? error.missing : [];
    const suspects = isOfSession(error) ? signers : [];
    for (const party of suspects)
      troubles.set(party, (troubles.get(party) ?? 0) + (missing.includes(party) ? 1 + SUSPICION : 1));
    // what failed here and not between the parties is for the others to lead: all have their turn before this one's next
    const rest = isOfSession(error) ? restAfter(attempts) : TAKEOVER * key.spec.parties.length;
    memory.rests = this.#now() + rest;
    const message = error instanceof Error ? error.message : 'unknown error';
    const reason = error instanceof Error && error.name !== 'Error' ? error.name : 'SessionFailed';
    await this.#wait(request, memory, reason, `session ${attempts} failed: ${message}`);
    return { requeueAfter: within(rest, deadline - this.#now()) };
  }

  #blame(request: SignRequest, memory: Memory, error: Misbehaviour): void {
    const note = error.message;
    for (const party of error.culprits) memory.culprits.set(party, note.slice(0, 256));
    this.#options.events.event(request, { type: 'Warning', reason: 'Misbehaviour', action: 'Sign', note });
  }

  async #publish(request: SignRequest, signature: Signature, memory: Memory): Promise<Result> {
    const { me, observe } = this.#options;
    const written = await this.#write(
      request,
      succeeded(request, me, signature, courseOf(memory), this.#date()),
      memory,
    );
    if (written) observe('signed', this.#age(memory));
    return {};
  }

  async #fail(request: SignRequest, { reason, message }: ToFail, memory: Memory): Promise<Result> {
    const status = failed(request, reason, withLast(message, request), courseOf(memory), this.#date());
    if (await this.#write(request, status, memory)) this.#options.observe('failed', this.#age(memory));
    return {};
  }

  /** Says what the request waits for. */
  async #wait(request: SignRequest, memory: Memory, reason: string, message: string): Promise<void> {
    await this.#write(request, pending(request, reason, message, courseOf(memory), this.#date()), memory);
  }

  /** @returns whether it was written */
  async #write(request: SignRequest, status: NonNullable<SignRequest['status']>, memory: Memory): Promise<boolean> {
    const written = await writeStatus(this.#options.client, request, status);
    if (written !== undefined) memory.version = written.metadata.resourceVersion;
    return written !== undefined;
  }

  /** Milliseconds until it is this party's turn, if nobody else has answered by then. */
  #untilTurn(memory: Memory, verdict: Exclude<Verdict, { kind: 'ignore' }>): number {
    const { me, peers } = this.#options;
    const { seen, heard, culprits } = memory;
    const parties = verdict.kind === 'sign' ? verdict.key.spec.parties : verdict.parties;
    const banned = verdict.kind === 'sign' ? bannedOf(verdict, this.#options.bans) : [];
    const present = new Set([...peers.present()].filter(p => !culprits.has(p) && !banned.includes(p)));
    const begin = verdict.kind === 'fail' ? Math.max(seen, verdict.since) : seen;
    const patience = verdict.kind === 'sign' ? Math.min(PATIENCE, (verdict.deadline - seen) / 2) : PATIENCE;
    const since = Math.max(begin, Math.min(heard, begin + patience));
    return since + TAKEOVER * turnOf(me, memory.uid, parties, present) - this.#now();
  }

  #date(): Date {
    return this.#options.clock.date();
  }

  /** Milliseconds since 1970, as in deadlines. */
  #now(): number {
    return this.#date().getTime();
  }

  #age(memory: Memory): number {
    return (this.#now() - memory.seen) / 1000;
  }
}
