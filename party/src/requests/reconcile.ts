/**
 * What a party does about a SignRequest, whenever something about the request changes or the turn of the party comes:
 * it leads a session, publishes the signature that it has, or says why there is none. The parties need neither the
 * operator nor an election for that.
 */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Clock } from '@mpc-operator/runtime/clock';
import { Controller, type Reconcile, type Result } from '@mpc-operator/runtime/controller';
import type { Logger } from '@mpc-operator/runtime/log';
import type { ObjectKey } from '@mpc-operator/runtime/object';
import { ExponentialFailureRateLimiter } from '@mpc-operator/runtime/rate-limiter';
import type { Bans } from '../bans/bans.ts';
import type { Peers } from '../peers/peers.ts';
import { PresignatureGone } from '../presignatures/presignature-gone.ts';
import type { Presignatures } from '../presignatures/presignatures.ts';
import { isOfSession, Misbehaviour, mayBeProvoked, Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { isEcdsa, type Length, restAfter, SessionPlaces, within } from './concurrency.ts';
import type { Decision, ToFail, ToSign } from './decision.ts';
import { bannedOf, type Plan, planOf } from './plan.ts';
import type { RequestSigner } from './request-signer.ts';
import { progressOf, type RequestState, type RequestStates } from './request-state.ts';
import { failed, pending, type Signature, succeeded, withLast, writeStatus } from './status.ts';
import { TAKEOVER, turnBegins } from './takeover.ts';

export interface RequestReconcilerOptions {
  readonly me: PartyId;
  readonly namespace: string;
  readonly client: ApiClient;
  readonly states: RequestStates;
  readonly peers: Pick<Peers, 'present'>;
  readonly signer: Pick<RequestSigner, 'lead'>;
  readonly presignatures: Pick<Presignatures, 'find'>;
  readonly bans: Pick<Bans, 'has'>;
  /** Whether this party takes part in sessions: its HSM answers, and the party is not about to stop. */
  readonly able: () => boolean;
  /** The generation of auxiliary information that ecdsa keys sign with; 0: there is none yet. */
  readonly generation: () => number;
  readonly clock: Clock;
  readonly read: (key: ObjectKey) => SignRequest | undefined;
  readonly decide: (request: SignRequest) => Decision;
  /** The signature that this party has made for the request of this uid before. */
  readonly recorded: (uid: string) => Promise<Signature | undefined>;
  readonly observe: (result: 'signed' | 'failed', seconds: number) => void;
  readonly log: Logger;
}

/** Requests that are reconciled at once. The number of sessions that this leads to is limited by SessionLimit. */
const CONCURRENCY = 256;
/** The deadline of one reconcile in milliseconds: above the longest wait for a place, and a session. */
const RECONCILE_TIMEOUT = 300_000;
/** Decides between parties that were in equally many failed sessions. */
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

export class RequestReconciler {
  readonly controller: Controller;
  readonly #options: RequestReconcilerOptions;
  readonly #places: SessionPlaces;

  constructor(options: RequestReconcilerOptions) {
    const { clock, log, states, namespace } = options;
    this.#options = options;
    this.#places = new SessionPlaces(() => clock.now());
    this.controller = new Controller({
      ...{ name: 'signrequest', log, clock, concurrency: CONCURRENCY, timeout: RECONCILE_TIMEOUT },
      reconcile: this.reconcile,
      // a request has a deadline: a reconcile that failed is tried again soon
      rateLimiter: new ExponentialFailureRateLimiter(50, 5_000),
    });
    states.onChange(name => this.controller.enqueue({ namespace, name }));
  }

  readonly reconcile: Reconcile = async (key, { log }): Promise<Result> => {
    let wish: Result | Lead = {};
    try {
      wish = await this.#decide(key, log);
    } finally {
      // also after an error: the requests behind this one would wait until it is tried again
      if (!('run' in wish)) this.#places.leave(key.name);
    }
    if (!('run' in wish)) return wish;
    using place = this.#places.enter(wish.length, key.name, () => this.controller.enqueue(key));
    // without a place the request does not wait here: other requests are reconciled meanwhile
    return place ? await wish.run() : { requeueAfter: wish.left };
  };

  /** Does what takes no session; otherwise returns what does. */
  async #decide(key: ObjectKey, log: Logger): Promise<Result | Lead> {
    const { decide, read, states } = this.#options;
    const request = read(key);
    const decision = request && decide(request);
    if (request === undefined || decision === undefined || decision.kind === 'ignore') {
      states.forget(key.name);
      return {};
    }
    const state = states.of(request);
    const signature = await this.#options.recorded(state.uid);
    const wait = signature && state.askedAgain ? 0 : this.#untilTurn(state, decision);
    if (wait > 0) return { requeueAfter: wait };
    if (signature !== undefined) return await this.#publish(request, signature, state);
    switch (decision.kind) {
      case 'fail':
        return await this.#fail(request, decision, state);
      case 'wait':
        await this.#wait(request, state, decision.reason, decision.message);
        return { requeueAfter: TAKEOVER };
      case 'sign':
        return await this.#prepare(request, decision, state, log);
    }
  }

  async #prepare(request: SignRequest, decision: ToSign, state: RequestState, log: Logger): Promise<Result | Lead> {
    const { me, able } = this.#options;
    if (!able() || state.culprits.has(me)) return { requeueAfter: UNABLE_POLL };
    const left = decision.deadline - this.#now();
    const rest = state.notBefore - this.#now();
    if (rest > 0) return { requeueAfter: within(rest, left) };
    if (isEcdsa(decision.key) && this.#options.generation() === 0) {
      const message = 'the parties have no auxiliary information yet: see AuxiliaryReady of their MpcCluster';
      await this.#wait(request, state, 'WaitingForAuxiliary', message);
      return { requeueAfter: within(TAKEOVER, left) };
    }
    const plan = planOf(request, decision, state, left, this.#options);
    if (plan === undefined) {
      const message = `fewer than the ${decision.key.spec.threshold} parties needed to sign can be reached`;
      await this.#wait(request, state, 'QuorumUnavailable', message);
      return { requeueAfter: within(QUORUM_POLL, left) };
    }
    return {
      length: plan.length,
      left: within(left, left),
      run: () => this.#lead(request, decision, state, plan, log),
    };
  }

  async #lead(
    request: SignRequest,
    decision: ToSign,
    state: RequestState,
    { signers, presignature, length, timeout }: Plan,
    log: Logger,
  ): Promise<Result> {
    const begin = this.#now();
    state.attempts += 1;
    const places = this.#places.for(length);
    let signature: Signature;
    try {
      signature = await this.#options.signer.lead(request, decision, signers, timeout, presignature);
      places.ended();
      if (presignature !== undefined) log.info('signed from a presignature', { presignature });
    } catch (error) {
      if (error instanceof PresignatureGone) {
        log.info('a presignature was not complete any more: signing interactively', { presignature });
        state.attempts -= 1;
        state.interactively = true;
        return { requeueAfter: 1 };
      }
      if (error instanceof Timeout && this.#now() - begin >= timeout) places.ranOutOfTime();
      log.warn('a session to sign failed', { session: state.attempts, signers, error });
      return await this.#learn(request, decision, state, signers, error);
    }
    return await this.#publish(request, signature, state);
  }

  /**
   * The next session has other signers, above all for those that did not answer. Culprits are named, and never asked
   * again.
   */
  async #learn(
    request: SignRequest,
    { key, deadline }: ToSign,
    state: RequestState,
    signers: readonly PartyId[],
    error: unknown,
  ): Promise<Result> {
    const { attempts, failures } = state;
    if (error instanceof Misbehaviour) this.#options.states.blame(request, error);
    // any signer may be the cause, even if another one did not answer; a signer that did not is suspected a little more
    const missing = error instanceof Timeout ? error.missing : [];
    const isShared = isOfSession(error) || mayBeProvoked(error);
    const suspects = isShared ? signers : [];
    for (const party of suspects)
      failures.set(party, (failures.get(party) ?? 0) + (missing.includes(party) ? 1 + SUSPICION : 1));
    // after a failure of this party alone, every other party has its turn before this one leads again
    const rest = isShared ? restAfter(attempts) : TAKEOVER * key.spec.parties.length;
    state.notBefore = this.#now() + rest;
    const message = error instanceof Error ? error.message : 'unknown error';
    const reason = error instanceof Error && error.name !== 'Error' ? error.name : 'SessionFailed';
    await this.#wait(request, state, reason, `session ${attempts} failed: ${message}`);
    return { requeueAfter: within(rest, deadline - this.#now()) };
  }

  async #publish(request: SignRequest, signature: Signature, state: RequestState): Promise<Result> {
    const { me, observe } = this.#options;
    const status = succeeded(request, me, signature, progressOf(state), this.#date());
    if (await this.#write(request, status, state)) observe('signed', this.#age(state));
    return {};
  }

  async #fail(request: SignRequest, { reason, message }: ToFail, state: RequestState): Promise<Result> {
    const status = failed(request, reason, withLast(message, request), progressOf(state), this.#date());
    if (await this.#write(request, status, state)) this.#options.observe('failed', this.#age(state));
    return {};
  }

  /** Says what the request waits for. */
  async #wait(request: SignRequest, state: RequestState, reason: string, message: string): Promise<void> {
    await this.#write(request, pending(request, reason, message, progressOf(state), this.#date()), state);
  }

  /** @returns whether the status was written */
  async #write(
    request: SignRequest,
    status: NonNullable<SignRequest['status']>,
    state: RequestState,
  ): Promise<boolean> {
    const written = await writeStatus(this.#options.client, request, status);
    if (written !== undefined) state.version = written.metadata.resourceVersion;
    return written !== undefined;
  }

  /** Milliseconds until the turn of this party, if no other party has answered by then. */
  #untilTurn(state: RequestState, decision: Exclude<Decision, { kind: 'ignore' }>): number {
    const { me, peers, bans } = this.#options;
    const banned = decision.kind === 'sign' ? bannedOf(decision, bans) : [];
    const present = new Set([...peers.present()].filter(p => !state.culprits.has(p) && !banned.includes(p)));
    return turnBegins(me, decision, state, present) - this.#now();
  }

  #date(): Date {
    return this.#options.clock.date();
  }

  /** Milliseconds since 1970, as in deadlines. */
  #now(): number {
    return this.#date().getTime();
  }

  #age(state: RequestState): number {
    return (this.#now() - state.seen) / 1000;
  }
}
