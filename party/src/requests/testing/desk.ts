import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { ApiClient } from '@mpc-operator/runtime/client';
import { EventRecorder } from '@mpc-operator/runtime/events';
import { FakeApi } from '@mpc-operator/runtime/testing/fake-api';
import { FakeClock } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { newEpochs } from '../../epochs/key-state.ts';
import type { Pooled } from '../../presignatures/pool.ts';
import type { Decision } from '../decision.ts';
import { RequestReconciler } from '../reconcile.ts';
import { RequestStates } from '../request-state.ts';
import type { Signature } from '../status.ts';
import { uidFor } from './uids.ts';

const COLLECTION = `/apis/${API_VERSION}/namespaces/ns/signrequests`;
const key = { namespace: 'ns', name: 'r' };
const spec = { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2, 3] } as const;
export const signature: Signature = {
  signature: 'ab'.repeat(64),
  publicKey: 'cd'.repeat(32),
  keyId: '00'.repeat(16),
  epoch: 1,
  signers: [1, 2],
};
export const SECOND = 1_000;

/**
 * Party 1, with everything around it controlled by the test. The leaders of the request are 1, 2, 3 in this order,
 * unless `order` says otherwise.
 */
export class Desk {
  readonly clock = new FakeClock();
  readonly api = new FakeApi();
  readonly observed: string[] = [];
  /** The signers that party 1 asked, session by session. */
  readonly asked: (readonly number[])[] = [];
  /** How each session ends. */
  session: () => Promise<Signature> = async () => signature;
  decision: Decision;
  recorded: Signature | undefined;
  able = true;
  generation = 1;
  /** The presignature that party 1 may lead with. */
  presigned: Pooled | undefined;
  /** How often party 1 was told that there may be a place. */
  woken = 0;
  present = new Set([1, 2, 3]);
  readonly states: RequestStates;
  readonly requests: RequestReconciler;

  constructor(order: readonly number[] = [1, 2, 3], deadline = 60 * SECOND) {
    const client = new ApiClient({ transport: this.api, fieldManager: 'party', clock: this.clock });
    const log = new SilentLogger();
    const parts = { reportingController: 'mpc-party', reportingInstance: 'c-party-1', log };
    const events = new EventRecorder({ client, clock: this.clock, ...parts });
    this.states = new RequestStates({ events, now: () => this.clock.date().getTime() });
    this.decision = {
      kind: 'sign',
      key: { ...newEpochs(1, { ...spec, parties: [...spec.parties] }, '00'.repeat(16)), final: 1, active: 1 },
      requested: { message: Buffer.from('m'), digest: undefined, path: [] },
      deadline: this.clock.date().getTime() + deadline,
    };
    this.requests = new RequestReconciler({
      ...{ me: 1, namespace: 'ns', client, states: this.states, log },
      peers: { present: () => this.present },
      signer: {
        lead: async (_request, _decision, signers) => {
          this.asked.push(signers);
          return await this.session();
        },
      },
      presignatures: {
        find: (_key, acceptable) => (this.presigned?.signers.every(acceptable) ? this.presigned : undefined),
      },
      bans: { has: () => false },
      able: () => this.able,
      generation: () => this.generation,
      clock: this.clock,
      read: () => this.request,
      decide: request => (request.status?.phase === 'Succeeded' ? { kind: 'ignore' } : this.decision),
      recorded: async () => this.recorded,
      observe: result => this.observed.push(result),
    });
    mock.method(this.requests.controller, 'enqueue', () => {
      this.woken += 1;
    });
    this.put(uidFor(order));
  }

  put(uid: string): void {
    this.api.put(COLLECTION, {
      apiVersion: API_VERSION,
      kind: 'SignRequest',
      metadata: { ...key, uid },
      spec: { keyRef: { name: 'k' }, message: 'bQ==', deadlineSeconds: 60, ttlSecondsAfterFinished: 86_400 },
    } as SignRequest);
  }

  get request(): SignRequest | undefined {
    return this.api.get(COLLECTION, 'r') as SignRequest | undefined;
  }

  get status(): NonNullable<SignRequest['status']> {
    return this.request?.status ?? assert.fail('no status was written');
  }

  /** Reconciles once. Returns the milliseconds after which the reconciler wants to run again. */
  async reconcile(): Promise<number | undefined> {
    const context = { signal: new AbortController().signal, log: new SilentLogger(), reconcileID: '' };
    return (await this.requests.reconcile(key, context)).requeueAfter;
  }

  /** Lets `ms` milliseconds pass, and reconciles as often as the reconciler wants to run. */
  async runFor(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (let next = await this.reconcile(); next !== undefined && this.clock.now() + next <= end; ) {
      await this.clock.advance(next);
      next = await this.reconcile();
    }
    await this.clock.advance(end - this.clock.now());
  }

  /** Another party writes a status. */
  otherWrites(status: NonNullable<SignRequest['status']>): void {
    this.api.put(COLLECTION, { ...(this.request ?? assert.fail()), status } as SignRequest);
  }

  fails(error: Error): void {
    this.session = async () => {
      throw error;
    };
  }
}
