import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { EventRecorder } from '@mpc-operator/runtime/events';
import type { Logger } from '@mpc-operator/runtime/log';
import type { Connections } from '../../parties/connections.ts';
import type { AttemptLog } from '../attempt-log.ts';
import type { Caches } from '../caches.ts';

export interface KeyShareSetDeps {
  readonly client: ApiClient;
  readonly caches: Caches;
  readonly connections: Connections;
  readonly events: EventRecorder;
  readonly attempts: AttemptLog;
  readonly clock: Clock;
}

/** What one reconcile of one key works with. */
export interface Run extends KeyShareSetDeps {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly now: Date;
}
