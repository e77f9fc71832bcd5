import { isConflict } from './api-error.ts';
import type { ApiClient } from './client.ts';
import { type Clock, jitter, sleep, systemClock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { equal } from './json.ts';
import type { Logger } from './log.ts';
import { leaderSlowpath, leaderStatus } from './metrics.ts';
import type { ObjectKey } from './object.ts';
import { Lease } from './resource.ts';
import { microTimestamp } from './wire-time.ts';

const JITTER_FACTOR = 1.2;

export interface LeaderElectionOptions {
  /**
   * A client for the election alone, whose timeout is half the renew deadline: election must not wait behind other
   * requests.
   */
  readonly client: ApiClient;
  readonly lease: ObjectKey;
  /** The name of this process and of no other, not even of its own next run. */
  readonly identity: string;
  readonly log: Logger;
  /**
   * How long the others wait without seeing a renewal before they take over: milliseconds, whole seconds. Default: 15
   * 000.
   */
  readonly leaseDuration?: number;
  /** How long a leader tries to renew before it gives up, in milliseconds. Default: 10 000. */
  readonly renewDeadline?: number;
  /** Milliseconds between tries. Default: 2 000. */
  readonly retryPeriod?: number;
  readonly clock?: Clock;
}

/**
 * The lease could not be renewed in time, or somebody else holds it. Another process may lead by now, so this one must
 * exit.
 */
export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost';
}

interface LeaseRecord {
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly acquireTime: string;
  readonly renewTime: string;
  readonly leaseTransitions: number;
}

/**
 * client-go's leader election on a Lease. No clock is ever compared with another machine's: a process measures whether
 * a lease has expired from when it last saw the lease change. The lease does not fence: a leader that is paused and
 * wakes up acts until it notices, so disruptive acts carry preconditions of their own.
 */
export class LeaderElector {
  readonly #client: ApiClient;
  readonly #key: ObjectKey;
  readonly #identity: string;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #leaseDuration: number;
  readonly #renewDeadline: number;
  readonly #retryPeriod: number;
  /** The lease as last read or written; its resourceVersion makes updates optimistic. */
  #lease: Lease | undefined;
  #observed: LeaseRecord | undefined;
  #observedAt = 0;

  constructor(options: LeaderElectionOptions) {
    this.#client = options.client;
    this.#key = options.lease;
    this.#identity = options.identity;
    this.#log = options.log.child({ lease: `${options.lease.namespace}/${options.lease.name}` });
    this.#clock = options.clock ?? systemClock;
    this.#leaseDuration = options.leaseDuration ?? 15_000;
    this.#renewDeadline = options.renewDeadline ?? 10_000;
    this.#retryPeriod = options.retryPeriod ?? 2_000;
    if (this.#leaseDuration <= this.#renewDeadline) throw new Error('leaseDuration must be greater than renewDeadline');
    if (this.#renewDeadline <= JITTER_FACTOR * this.#retryPeriod) {
      throw new Error(`renewDeadline must be greater than retryPeriod · ${JITTER_FACTOR}`);
    }
    leaderStatus.set({ name: this.#key.name }, 0);
  }

  /** The identity that led when this process last looked; undefined if nobody did. */
  get leader(): string | undefined {
    return this.#observed?.holderIdentity || undefined;
  }

  get isLeader(): boolean {
    return this.leader === this.#identity;
  }

  /**
   * How often the lease has changed hands. The number grows with every leader, so that orders of an earlier leader can
   * be told.
   */
  get term(): number {
    return this.#observed?.leaseTransitions ?? 0;
  }

  /** Resolves when this process leads. Rejects only when the signal aborts. */
  async acquire(signal: AbortSignal): Promise<void> {
    this.#log.info('trying to become leader');
    while (!(await this.#tryAcquireOrRenew(signal))) {
      await sleep(this.#clock, jitter(this.#retryPeriod, JITTER_FACTOR), signal);
    }
    leaderStatus.set({ name: this.#key.name }, 1);
    this.#log.info('became leader', { term: this.term });
  }

  /**
   * Renews the lease until the signal aborts, and then gives the lease up, so that the next leader need not wait. So
   * abort only when all work of the leader has ended. Rejects with LeadershipLost if the lease cannot be renewed.
   */
  async hold(signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) {
        await withDeadline(this.#clock, this.#renewDeadline, signal, deadline => this.#renew(deadline));
        await sleep(this.#clock, this.#retryPeriod, signal);
      }
    } catch (error) {
      if (!signal.aborted) {
        throw new LeadershipLost(`the lease ${this.#key.name} was lost`, { cause: error });
      }
    } finally {
      leaderStatus.set({ name: this.#key.name }, 0);
    }
    await this.#release();
  }

  /**
   * Throws if this process believes that it leads but has not renewed for long past the lease. For the liveness probe.
   */
  check(tolerance: number): void {
    if (this.isLeader && this.#clock.now() - this.#observedAt > this.#leaseDuration + tolerance) {
      throw new Error(`leader, but the lease ${this.#key.name} was not renewed`);
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    while (!(await this.#tryAcquireOrRenew(signal))) {
      // client-go would try until the deadline, but a lease seen in other hands is lost now.
      if (!this.isLeader) throw new Error(`held by ${this.leader ?? 'nobody'}`);
      await sleep(this.#clock, this.#retryPeriod, signal);
    }
  }

  async #tryAcquireOrRenew(signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.#renewOptimistically(signal)) || (await this.#readAndTake(signal));
    } catch (error) {
      if (!signal.aborted) this.#log.warn('could not read or write the lease', { error });
      return false;
    }
  }

  /** Renews by one request: the fast path of a leader, since nobody else should have written. */
  async #renewOptimistically(signal: AbortSignal): Promise<boolean> {
    const { acquireTime, leaseTransitions } = this.#observed ?? {};
    if (!this.isLeader || !this.#isValid() || acquireTime === undefined || leaseTransitions === undefined) return false;
    try {
      await this.#write({ ...this.#record(), acquireTime, leaseTransitions }, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      this.#log.debug('could not renew optimistically', { error });
      return false;
    }
  }

  async #readAndTake(signal: AbortSignal): Promise<boolean> {
    const lease = await this.#client.get(Lease, this.#key, { signal });
    if (lease === undefined) {
      this.#lease = undefined;
      await this.#write(this.#record(), signal);
      return true;
    }
    const seen = recordOf(lease);
    this.#lease = lease;
    if (!equal(seen, this.#observed)) this.#observe(seen);
    if (seen.holderIdentity !== '' && this.#isValid() && !this.isLeader) return false;
    const { acquireTime, leaseTransitions } = seen;
    if (this.isLeader) {
      leaderSlowpath.inc({ name: this.#key.name });
      await this.#write({ ...this.#record(), acquireTime, leaseTransitions }, signal);
    } else {
      await this.#write({ ...this.#record(), leaseTransitions: leaseTransitions + 1 }, signal);
    }
    return true;
  }

  async #release(): Promise<void> {
    try {
      await withDeadline(this.#clock, this.#renewDeadline, undefined, deadline => this.#tryRelease(deadline));
    } catch (error) {
      this.#log.warn('could not give up the lease: the next leader has to wait', { error });
    }
  }

  /**
   * Gives the lease up. A renewal that was cut off may still be carried out and conflict with this, so a conflict is
   * tried again.
   */
  async #tryRelease(signal: AbortSignal): Promise<void> {
    const lease = await this.#client.get(Lease, this.#key, { signal });
    if (lease === undefined || recordOf(lease).holderIdentity !== this.#identity) return;
    this.#lease = lease;
    const { leaseTransitions } = recordOf(lease);
    try {
      await this.#write({ ...this.#record(), holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions }, signal);
      this.#log.info('gave up the lease');
    } catch (error) {
      if (!isConflict(error)) throw error;
      await this.#tryRelease(signal);
    }
  }

  #record(): LeaseRecord {
    const now = microTimestamp(this.#clock.date());
    const leaseDurationSeconds = Math.floor(this.#leaseDuration / 1000);
    return {
      holderIdentity: this.#identity,
      leaseDurationSeconds,
      acquireTime: now,
      renewTime: now,
      leaseTransitions: 0,
    };
  }

  async #write(record: LeaseRecord, signal: AbortSignal): Promise<void> {
    const { apiVersion, kind } = Lease;
    this.#lease =
      this.#lease === undefined
        ? await this.#client.create(Lease, { apiVersion, kind, metadata: this.#key, spec: record }, { signal })
        : await this.#client.update(Lease, { ...this.#lease, spec: record }, { signal });
    this.#observe(record);
  }

  #observe(record: LeaseRecord): void {
    if (record.holderIdentity !== this.#observed?.holderIdentity && record.holderIdentity !== '') {
      this.#log.info('the leader is', { leader: record.holderIdentity });
    }
    this.#observed = record;
    this.#observedAt = this.#clock.now();
  }

  #isValid(): boolean {
    const seconds = this.#observed?.leaseDurationSeconds ?? 0;
    return this.#observedAt + seconds * 1000 > this.#clock.now();
  }
}

function recordOf(lease: Lease): LeaseRecord {
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime, leaseTransitions } = lease.spec ?? {};
  return {
    holderIdentity: holderIdentity ?? '',
    leaseDurationSeconds: leaseDurationSeconds ?? 0,
    acquireTime: acquireTime ?? '',
    renewTime: renewTime ?? '',
    leaseTransitions: leaseTransitions ?? 0,
  };
}
