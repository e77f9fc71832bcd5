/**
 * What a party does about a SignRequest, whenever something about it changes or its turn comes: lead a session, publish the signature
 * that it has, or say why there is none. It needs neither the operator nor the other parties to agree on who does it.
 */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Reconcile, Result } from '@mpc-operator/runtime/controller';
import type { EventRecorder } from '@mpc-operator/runtime/events';
import type { ObjectKey } from '@mpc-operator/runtime/object';
import { defineResource } from '@mpc-operator/runtime/resource';
import type { Peers } from '../peers/peers.ts';
import { ContextMismatch, Misbehaviour, type PartyId, Timeout } from '../session/errors.ts';
import { type Course, failed, pending, type Signature, succeeded } from './answers.ts';
import { chooseSigners, turnOf } from './leadership.ts';
import type { RequestSigner } from './request-signer.ts';
import { isFinished, type Verdict } from './verdict.ts';

export const signRequests = defineResource<SignRequest>({
  apiVersion: API_VERSION,
  kind: 'SignRequest',
  plural: 'signrequests',
  namespaced: true,
});

export interface RequestsOptions {
  readonly me: PartyId;
  readonly client: ApiClient;
  readonly events: EventRecorder;
  readonly peers: Peers;
  readonly signer: RequestSigner;
  /** Whether this party takes part in sessions: its HSM answers, it is not about to stop. */
  readonly able: () => boolean;
  readonly clock: Clock;
  readonly read: (key: ObjectKey) => SignRequest | undefined;
  readonly judge: (request: SignRequest) => Verdict;
  /** The signature that this party has made for a request before. */
  readonly recorded: (uid: string) => Promise<Signature | undefined>;
  readonly observe: (result: 'signed' | 'failed', seconds: number) => void;
}

/** Milliseconds that each party waits for the one whose turn is before its own. */
const TAKEOVER = 3_000;
/** Of the first session of a request; each further one has twice the time, up to the last. */
const FIRST_TIMEOUT = 3_000;
const LAST_TIMEOUT = 15_000;
const RETRY = 100;
const QUORUM_POLL = 500;
const UNABLE_POLL = 1_000;
/** How often the work of others on a request holds this party off: one that fails again and again may not keep it to itself. */
const MAX_HEARD = 8;

interface Memory {
  readonly uid: string;
  readonly seen: Date;
  /** When this party last noticed that somebody works on it: milliseconds since 1970. */
  heard: number;
  timesHeard: number;
  version: string | undefined;
  attempts: number;
  readonly slow: Set<PartyId>;
  readonly culprits: Map<PartyId, string>;
}

export class Requests {
  readonly #options: RequestsOptions;
  readonly #memories = new Map<string, Memory>();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  readonly reconcile: Reconcile = async (key): Promise<Result> => {
    const { judge, read } = this.#options;
    const request = read(key);
    const verdict = request && judge(request);
    if (request === undefined || verdict === undefined || verdict.kind === 'ignore') {
      this.#memories.delete(key.name);
      return {};
    }
    const memory = this.#memoryOf(request);
    const answer = await this.#options.recorded(memory.uid);
    const wait = this.#untilTurn(memory, verdict);
    if (wait > 0) return { requeueAfter: wait };
    if (answer !== undefined) return await this.#publish(request, answer, memory);
    switch (verdict.kind) {
      case 'fail':
        await this.#write(
          request,
          failed(request, verdict.reason, withLast(verdict.message, request), courseOf(memory), this.#now()),
        );
        this.#options.observe('failed', this.#age(memory));
        return {};
      case 'wait':
        await this.#write(request, pending(request, verdict.reason, verdict.message, courseOf(memory), this.#now()));
        return { requeueAfter: TAKEOVER };
      case 'sign':
        return await this.#lead(request, verdict, memory);
    }
  };

  /** Somebody works on the request: a status was written, or this party was invited. */
  heard(name: string): void {
    const memory = this.#memories.get(name);
    if (memory === undefined || memory.timesHeard >= MAX_HEARD) return;
    memory.timesHeard += 1;
    memory.heard = Date.now();
  }

  async #lead(request: SignRequest, verdict: Extract<Verdict, { kind: 'sign' }>, memory: Memory): Promise<Result> {
    const { me, peers, signer, able } = this.#options;
    if (!able()) return { requeueAfter: UNABLE_POLL };
    const { parties, threshold } = verdict.key.spec;
    const culprits = new Set(memory.culprits.keys());
    const candidates = { leader: me, parties, threshold, present: peers.present(), slow: memory.slow, culprits };
    const signers = chooseSigners(memory.uid, candidates);
    const left = verdict.deadline - Date.now();
    if (signers === undefined) {
      const message = `fewer than the ${threshold} parties needed to sign can be reached`;
      await this.#write(request, pending(request, 'QuorumUnavailable', message, courseOf(memory), this.#now()));
      return { requeueAfter: Math.max(1, Math.min(QUORUM_POLL, left)) };
    }
    memory.attempts += 1;
    const timeout = Math.max(1, Math.min(FIRST_TIMEOUT * 2 ** (memory.attempts - 1), LAST_TIMEOUT, left));
    try {
      return await this.#publish(request, await signer.lead(request, verdict, signers, timeout), memory);
    } catch (error) {
      await this.#learn(request, memory, signers, error);
      // what failed here and not between the parties is for another one to lead, whose turn comes
      return { requeueAfter: isOfSession(error) ? RETRY : UNABLE_POLL };
    }
  }

  /** The signers are replaced, above all who did not answer; who misbehaved is named, and never asked again for this request. */
  async #learn(request: SignRequest, memory: Memory, signers: readonly PartyId[], error: unknown): Promise<void> {
    const { events } = this.#options;
    const message = error instanceof Error ? error.message : 'unknown error';
    const missing = error instanceof Timeout ? error.missing : [];
    for (const party of isOfSession(error) ? [...signers.filter(p => !missing.includes(p)), ...missing] : []) {
      memory.slow.delete(party);
      memory.slow.add(party);
    }
    if (error instanceof Misbehaviour) {
      for (const party of error.culprits) memory.culprits.set(party, message.slice(0, 256));
      const note = `session ${memory.attempts}: ${message}`;
      events.event(request, { type: 'Warning', reason: 'Misbehaviour', action: 'Sign', note });
    }
    const reason = error instanceof Error && /^[A-Z][A-Za-z]*$/.test(error.name) ? error.name : 'SessionFailed';
    await this.#write(
      request,
      pending(request, reason, `session ${memory.attempts} failed: ${message}`, courseOf(memory), this.#now()),
    );
  }

  async #publish(request: SignRequest, signature: Signature, memory: Memory): Promise<Result> {
    const { me, observe } = this.#options;
    await this.#write(request, succeeded(request, me, signature, courseOf(memory), this.#now()));
    observe('signed', this.#age(memory));
    return {};
  }

  /** A status that is final by now, or says the same, stays as it is: another party was faster. */
  async #write(request: SignRequest, status: NonNullable<SignRequest['status']>): Promise<void> {
    const { client, read } = this.#options;
    const { phase, reason, message } = request.status ?? {};
    if (phase === status.phase && reason === status.reason && message === status.message) return;
    const { namespace = '', name, uid } = request.metadata;
    try {
      await client.patchStatus(signRequests, request, status);
    } catch (error) {
      const now = read({ namespace, name }) ?? (await client.get(signRequests, { namespace, name }));
      if (now === undefined || now.metadata.uid !== uid || isFinished(now)) return;
      throw error;
    }
  }

  /** Milliseconds until it is this party's turn, if nobody else has answered by then. */
  #untilTurn(memory: Memory, verdict: Exclude<Verdict, { kind: 'ignore' }>): number {
    const { me, peers } = this.#options;
    const parties = verdict.kind === 'sign' ? verdict.key.spec.parties : verdict.parties;
    const since = verdict.kind === 'fail' ? Math.max(verdict.since, memory.heard) : memory.heard;
    return since + TAKEOVER * turnOf(me, memory.uid, parties, peers.present()) - Date.now();
  }

  #memoryOf({ metadata: { name, uid = '', resourceVersion } }: SignRequest): Memory {
    const known = this.#memories.get(name);
    if (known?.uid !== uid) {
      const seen = this.#now();
      const heard = seen.getTime();
      const fresh = {
        uid,
        seen,
        heard,
        timesHeard: 0,
        version: resourceVersion,
        attempts: 0,
        slow: new Set<PartyId>(),
        culprits: new Map(),
      };
      this.#memories.set(name, fresh);
      return fresh;
    }
    if (known.version !== resourceVersion) this.heard(name);
    known.version = resourceVersion;
    return known;
  }

  #now(): Date {
    return this.#options.clock.date();
  }

  #age(memory: Memory): number {
    return (this.#now().getTime() - memory.seen.getTime()) / 1000;
  }
}

const isOfSession = (error: unknown): boolean =>
  error instanceof Timeout || error instanceof ContextMismatch || error instanceof Misbehaviour;

const courseOf = ({ attempts, seen, culprits }: Memory): Course => ({
  attempts,
  seen,
  culprits: [...culprits].map(([party, reason]) => ({ party, reason })),
});

/** A deadline that passes says little; what went wrong before says more. */
const withLast = (message: string, { status }: SignRequest): string =>
  status?.message === undefined ? message : `${message}; last: ${status.message}`;
