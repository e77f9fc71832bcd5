import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { EventRecorder } from '@mpc-operator/runtime/events';
import type { Expectations } from '@mpc-operator/runtime/expectations';
import type { Logger } from '@mpc-operator/runtime/log';
import type { Connections } from '../../parties/connections.ts';
import type { Settings } from '../../settings.ts';
import type { AttemptLog } from '../attempt-log.ts';
import type { Caches } from '../caches.ts';
import type { Transport } from './certificates.ts';
import type { LoadRevision } from './nats-servers.ts';
import type { Surroundings } from './surroundings.ts';

export interface MpcClusterDeps {
  readonly client: ApiClient;
  readonly caches: Caches;
  readonly connections: Connections;
  readonly events: EventRecorder;
  readonly expectations: Expectations;
  /** The attempts at auxiliary information, by cluster. */
  readonly attempts: AttemptLog;
  readonly settings: Settings;
  readonly loadRevision: LoadRevision;
  readonly clock: Clock;
}

/** The last look at what the NATS servers of a cluster have loaded. */
export interface Reload {
  readonly revision: string;
  /** What was missing; undefined if all servers had the revision. */
  readonly pending: string | undefined;
  /** The time of the look, by the clock. */
  readonly at: number;
}

/** The certificates of a cluster as they were last read, and what they were made for. */
export interface KnownTransport {
  readonly transport: Transport;
  readonly madeFor: string;
  /** The time of the reading, by the clock. */
  readonly at: number;
}

/** What one reconcile of one cluster works with. */
export interface Run extends MpcClusterDeps {
  /** The last look at each cluster, by cluster. */
  readonly reloads: Map<string, Reload>;
  readonly surroundings: Surroundings;
  /** The certificates of each cluster as they were last read, by cluster. */
  readonly transports: Map<string, KnownTransport>;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly now: Date;
}
