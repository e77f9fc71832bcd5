import { Counter, collectDefaultMetrics, exponentialBuckets, Gauge, Histogram, Registry } from 'prom-client';

/**
 * The metrics of a process. The metrics below bear the names, labels and buckets of controller-runtime and client-go,
 * so that the dashboards and alerts that people have for Go operators show this process too.
 */
export const registry = new Registry();

/** Adds the metrics of the process itself: CPU, memory, garbage collection, event loop. Once per process. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: registry });
}

const registers = [registry];
const controller = ['controller'] as const;
/** The labels of a queue: client-go gives the name twice, as `name` and as `controller`. */
const queue = ['name', 'controller'] as const;

export const reconcileTotal = new Counter({
  name: 'controller_runtime_reconcile_total',
  help: 'Total number of reconciliations per controller',
  labelNames: ['controller', 'result'] as const,
  registers,
});
export const reconcileErrors = new Counter({
  name: 'controller_runtime_reconcile_errors_total',
  help: 'Total number of reconciliation errors per controller',
  labelNames: controller,
  registers,
});
export const terminalReconcileErrors = new Counter({
  name: 'controller_runtime_terminal_reconcile_errors_total',
  help: 'Total number of terminal reconciliation errors per controller',
  labelNames: controller,
  registers,
});
export const reconcilePanics = new Counter({
  name: 'controller_runtime_reconcile_panics_total',
  help: 'Total number of programming errors (TypeError, RangeError, ...) thrown by reconcilers, per controller',
  labelNames: controller,
  registers,
});
export const reconcileTimeouts = new Counter({
  name: 'controller_runtime_reconcile_timeouts_total',
  help: 'Total number of reconciliation timeouts per controller',
  labelNames: controller,
  registers,
});
export const reconcileTime = new Histogram({
  name: 'controller_runtime_reconcile_time_seconds',
  help: 'Length of time per reconciliation per controller',
  labelNames: controller,
  buckets: [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75,
    2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
  ],
  registers,
});
export const maxConcurrentReconciles = new Gauge({
  name: 'controller_runtime_max_concurrent_reconciles',
  help: 'Maximum number of concurrent reconciles per controller',
  labelNames: controller,
  registers,
});
export const activeWorkers = new Gauge({
  name: 'controller_runtime_active_workers',
  help: 'Number of currently used workers per controller',
  labelNames: controller,
  registers,
});

export const queueDepth = new Gauge({
  name: 'workqueue_depth',
  help: 'Current depth of workqueue',
  labelNames: queue,
  registers,
});
export const queueAdds = new Counter({
  name: 'workqueue_adds_total',
  help: 'Total number of adds handled by workqueue',
  labelNames: queue,
  registers,
});
export const queueDuration = new Histogram({
  name: 'workqueue_queue_duration_seconds',
  help: 'How long in seconds an item stays in workqueue before being requested',
  labelNames: queue,
  buckets: exponentialBuckets(1e-8, 10, 12),
  registers,
});
export const workDuration = new Histogram({
  name: 'workqueue_work_duration_seconds',
  help: 'How long in seconds processing an item from workqueue takes',
  labelNames: queue,
  buckets: exponentialBuckets(1e-8, 10, 12),
  registers,
});
/**
 * The work queues of the process, by name. Each value returns, for every key in progress, how many milliseconds it has
 * been so.
 */
export const observedQueues = new Map<string, () => readonly number[]>();

export const unfinishedWork = new Gauge({
  name: 'workqueue_unfinished_work_seconds',
  help:
    'How many seconds of work is in progress and has not been observed by work_duration. ' +
    'Large values mean stuck workers',
  labelNames: queue,
  registers,
  collect() {
    for (const [name, ages] of observedQueues) {
      this.set({ name, controller: name }, ages().reduce((sum, ms) => sum + ms, 0) / 1000);
    }
  },
});
export const longestRunningProcessor = new Gauge({
  name: 'workqueue_longest_running_processor_seconds',
  help: 'How many seconds has the longest running processor for workqueue been running',
  labelNames: queue,
  registers,
  collect() {
    for (const [name, ages] of observedQueues) this.set({ name, controller: name }, Math.max(0, ...ages()) / 1000);
  },
});
export const queueRetries = new Counter({
  name: 'workqueue_retries_total',
  help: 'Total number of delayed adds (rate-limited requeues, requeueAfter) handled by workqueue',
  labelNames: queue,
  registers,
});

export const restRequests = new Counter({
  name: 'rest_client_requests_total',
  help: 'Number of HTTP requests, partitioned by status code, method, and host',
  labelNames: ['code', 'method', 'host'] as const,
  registers,
});
export const leaderStatus = new Gauge({
  name: 'leader_election_master_status',
  help: 'Whether this process is the leader of the lease `name`: 0 indicates backup, 1 indicates master',
  labelNames: ['name'] as const,
  registers,
});
export const leaderSlowpath = new Counter({
  name: 'leader_election_slowpath_total',
  help: 'Total number of renewals of the lease `name` that had to read it first',
  labelNames: ['name'] as const,
  registers,
});
