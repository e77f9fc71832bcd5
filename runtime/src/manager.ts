import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ApiClient } from './client.ts';
import { type Clock, systemClock } from './clock.ts';
import { Controller, type ControllerOptions } from './controller.ts';
import { withDeadline } from './deadline.ts';
import { EventRecorder } from './events.ts';
import { Checks } from './health.ts';
import { HttpServer } from './http-server.ts';
import { Informer, type InformerOptions } from './informer.ts';
import { LeaderElector } from './leader-election.ts';
import type { Logger } from './log.ts';
import type { KubernetesObject, ObjectKey } from './object.ts';
import type { Transport } from './transport.ts';

export interface ManagerOptions {
  /** The name of the program: field manager of what it applies, and reporter of its events. */
  readonly name: string;
  /** The transport, which its maker closes. */
  readonly transport: Transport;
  readonly log: Logger;
  /** The namespaces that informers watch. Absent or empty: all. */
  readonly namespaces?: readonly string[];
  /** The rate limit of the client. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number };
  /** The address at which /healthz, /readyz and /metrics are served. Port 0: any free port. */
  readonly http: { readonly port: number; readonly host?: string };
  /** Absent: the controllers run in every process. Times in milliseconds, see LeaderElectionOptions. */
  readonly leaderElection?: {
    readonly lease: ObjectKey;
    readonly leaseDuration?: number;
    readonly renewDeadline?: number;
    readonly retryPeriod?: number;
  };
  /** Milliseconds that work in progress has to end after the signal. Default: 30 000. */
  readonly gracePeriod?: number;
  /** Milliseconds after which a reconcile that has not ended makes the process unhealthy. Default: 600 000. */
  readonly stuckAfter?: number;
  readonly clock?: Clock;
}

/** Work that runs until its signal aborts. If it ends before, or rejects, the process ends. */
export type Runnable = (signal: AbortSignal) => Promise<void>;

/**
 * Milliseconds that a lease may be past its end before a leader that noticed nothing counts as hung. As in
 * kube-controller-manager.
 */
const LEASE_TOLERANCE = 20_000;
/** Milliseconds for the last events. */
const EVENTS_GRACE = 5_000;

/** Starts and stops, in the right order, the parts of a controller process. This is controller-runtime's Manager. */
export class Manager {
  readonly client: ApiClient;
  readonly events: EventRecorder;
  readonly liveness = new Checks();
  readonly readiness = new Checks();
  readonly #options: ManagerOptions;
  readonly #clock: Clock;
  readonly #http: HttpServer;
  readonly #elector: LeaderElector | undefined;
  readonly #informers: Pick<Informer<KubernetesObject>, 'run' | 'waitForSync' | 'synced' | 'resource'>[] = [];
  readonly #everywhere: Runnable[] = [];
  readonly #leading: Runnable[] = [];

  constructor(options: ManagerOptions) {
    const { name, transport, log, http, rateLimit } = options;
    const { liveness, readiness } = this;
    const identity = `${hostname()}_${randomUUID()}`;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.client = new ApiClient({
      transport,
      fieldManager: name,
      clock: this.#clock,
      ...(rateLimit ? { rateLimit } : {}),
    });
    this.events = new EventRecorder({
      client: this.client,
      reportingController: name,
      reportingInstance: identity,
      log,
      clock: this.#clock,
    });
    this.#http = new HttpServer({ ...http, liveness, readiness, log });
    this.#elector = this.#makeElector(identity);
    this.readiness.add('informers', () => this.#checkSynced());
  }

  /** The term of this leader, which grows with every change of leader. 0 without leader election. */
  get term(): number {
    return this.#elector?.term ?? 0;
  }

  /** Makes an informer of this process. To be called before `run`, once for each kind and selector. */
  informer<T extends KubernetesObject>(options: Omit<InformerOptions<T>, 'client' | 'log' | 'clock'>): Informer<T> {
    const { namespaces } = this.#options;
    const informer = new Informer<T>({
      ...(namespaces ? { namespaces } : {}),
      ...options,
      client: this.client,
      log: this.#options.log,
      clock: this.#clock,
    });
    this.#informers.push(informer);
    return informer;
  }

  /** Makes a controller that runs while this process leads. To be called before `run`. */
  controller(options: Omit<ControllerOptions, 'log' | 'clock'>): Controller {
    const controller = new Controller({ ...options, log: this.#options.log, clock: this.#clock });
    const limit = this.#options.stuckAfter ?? 600_000;
    this.liveness.add(`controller ${options.name}`, () => {
      if (controller.longestRunning > limit) throw new Error(`a reconcile has been running for more than ${limit} ms`);
    });
    this.add(signal => controller.run(signal), { leader: true });
    return controller;
  }

  /** Runs this beside the controllers: in every process, or only in the process that leads. */
  add(runnable: Runnable, options: { readonly leader: boolean }): void {
    (options.leader ? this.#leading : this.#everywhere).push(runnable);
  }

  /**
   * Serves health, fills the caches, waits to lead, works until the signal aborts, lets the work in progress end, and
   * gives the lease up. Rejects if anything fails, work does not end in time, or the lease is lost: then the process
   * must exit.
   */
  async run(signal: AbortSignal): Promise<void> {
    const caches = new AbortController();
    const stop = new AbortController();
    try {
      await this.#http.listen();
      const watching = this.#informers.map(informer => informer.run(caches.signal));
      await Promise.race([Promise.all(this.#informers.map(informer => informer.waitForSync())), aborted(signal)]);
      if (!signal.aborted) await this.#work(signal, stop);
      caches.abort();
      await Promise.all(watching);
      await this.events.close(AbortSignal.timeout(EVENTS_GRACE));
    } finally {
      stop.abort();
      caches.abort();
      await this.#http.close();
    }
  }

  async #work(signal: AbortSignal, stop: AbortController): Promise<void> {
    const work = running([...this.#everywhere, s => this.#lead(s)], stop.signal);
    await Promise.race([work, aborted(signal)]);
    stop.abort();
    const grace = this.#options.gracePeriod ?? 30_000;
    await withDeadline(this.#clock, grace, undefined, deadline => Promise.race([work, rejected(deadline)]));
  }

  /**
   * Works while this process leads. It gives the lease up only when all work has ended; before, another leader might
   * meet that work.
   */
  async #lead(signal: AbortSignal): Promise<void> {
    try {
      await this.#elector?.acquire(signal);
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    const release = new AbortController();
    const held = this.#elector?.hold(release.signal) ?? aborted(release.signal);
    await Promise.race([held, running([...this.#leading, aborted], signal)]);
    release.abort();
    await held;
  }

  #checkSynced(): void {
    const waiting = this.#informers.filter(informer => !informer.synced).map(informer => informer.resource.plural);
    if (waiting.length > 0) throw new Error(`not yet listed: ${waiting.join(', ')}`);
  }

  #makeElector(identity: string): LeaderElector | undefined {
    const { leaderElection, transport, name, log } = this.#options;
    if (leaderElection === undefined) return undefined;
    const timeout = Math.max(1_000, (leaderElection.renewDeadline ?? 10_000) / 2);
    const client = new ApiClient({ transport, fieldManager: name, timeout, clock: this.#clock });
    const elector = new LeaderElector({ ...leaderElection, client, identity, log, clock: this.#clock });
    this.liveness.add('leader election', () => elector.check(LEASE_TOLERANCE));
    return elector;
  }
}

/** Runs all runnables until the signal aborts. None may end before. */
async function running(runnables: readonly Runnable[], signal: AbortSignal): Promise<void> {
  await Promise.all(
    runnables.map(async run => {
      await run(signal);
      if (!signal.aborted) throw new Error('a part of the process ended although nobody asked it to');
    }),
  );
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function rejected(signal: AbortSignal): Promise<never> {
  await aborted(signal);
  throw signal.reason;
}
