import { systemClock } from '@mpc-operator/runtime/clock';
import { Expectations } from '@mpc-operator/runtime/expectations';
import { createLogger } from '@mpc-operator/runtime/log';
import { Manager } from '@mpc-operator/runtime/manager';
import { collectProcessMetrics } from '@mpc-operator/runtime/metrics';
import { keyOf } from '@mpc-operator/runtime/object';
import { runProcess } from '@mpc-operator/runtime/process';
import { KubeConfigTransport } from '@mpc-operator/runtime/transport';
import { parseConfig } from './config.ts';
import { AttemptLog } from './controllers/attempt-log.ts';
import { CLUSTER_INDEX, indexedBy } from './controllers/caches.ts';
import { keyShareSetReconciler } from './controllers/key-share-set/reconcile.ts';
import { loadRevision } from './controllers/mpc-cluster/nats-servers.ts';
import { mpcClusterReconciler } from './controllers/mpc-cluster/reconcile.ts';
import { rotationPolicyReconciler } from './controllers/rotation-policy/reconcile.ts';
import { signRequestReconciler } from './controllers/sign-request/reconcile.ts';
import { clusterOfChild, clusterOfKey, createInformers, requestsWaitingFor } from './informers.ts';
import { Connections } from './parties/connections.ts';
import { NatsBus } from './parties/nats-bus.ts';

const NAME = 'mpc-operator';
/**
 * Milliseconds between two looks at a cluster. Secrets are not watched, so a change of them shows only at the next
 * look.
 */
const CLUSTER_RESYNC = 120_000;

const log = createLogger({ name: NAME, level: 'info' });
runProcess(log, async signal => {
  const config = parseConfig(process.env);
  log.level = config.logLevel;
  collectProcessMetrics();
  const transport = KubeConfigTransport.fromDefault({ userAgent: NAME });
  const manager = new Manager({
    name: NAME,
    transport,
    log,
    namespaces: config.watchNamespaces,
    http: { port: config.httpPort },
    ...(config.leaderElection && { leaderElection: { lease: { namespace: config.namespace, name: NAME } } }),
  });
  const caches = createInformers(manager);
  const connections = new Connections(options => new NatsBus(options, log), log);
  const { client, events } = manager;

  const clusters = manager.controller({
    name: 'mpccluster',
    concurrency: 2,
    resyncPeriod: CLUSTER_RESYNC,
    reconcile: mpcClusterReconciler({
      client,
      caches,
      connections,
      events,
      expectations: new Expectations(),
      attempts: new AttemptLog(),
      settings: config,
      loadRevision,
      clock: systemClock,
    }),
  });
  clusters
    .for(caches.clusters)
    .watches(caches.keys, clusterOfKey)
    .watches(caches.statefulSets, clusterOfChild)
    .watches(caches.pods, clusterOfChild)
    .watches(caches.claims, clusterOfChild)
    .watches(caches.services, clusterOfChild)
    .watches(caches.serviceAccounts, clusterOfChild)
    .watches(caches.roles, clusterOfChild)
    .watches(caches.roleBindings, clusterOfChild)
    .watches(caches.budgets, clusterOfChild)
    .watches(caches.networkPolicies, clusterOfChild);
  const keys = manager.controller({
    name: 'keyshareset',
    concurrency: 4,
    reconcile: keyShareSetReconciler({
      client,
      caches,
      connections,
      events,
      attempts: new AttemptLog(),
      clock: systemClock,
    }),
  });
  keys
    .for(caches.keys)
    .watches(caches.clusters, cluster => indexedBy(caches.keys, CLUSTER_INDEX, keyOf(cluster)).map(keyOf));

  manager
    .controller({
      name: 'signrequest',
      concurrency: 4,
      reconcile: signRequestReconciler({ client, caches, events, clock: systemClock }),
    })
    .for(caches.requests)
    .watches(caches.keys, key => requestsWaitingFor(key, caches));

  manager
    .controller({
      name: 'rotationpolicy',
      reconcile: rotationPolicyReconciler({ client, caches, events, clock: systemClock }),
    })
    .for(caches.policies)
    .watches(caches.keys, key => caches.policies.list(key.metadata.namespace).map(keyOf))
    .watches(caches.clusters, cluster => caches.policies.list(cluster.metadata.namespace).map(keyOf));

  connections.onChange(cluster => {
    clusters.enqueue(cluster);
    for (const key of indexedBy(caches.keys, CLUSTER_INDEX, cluster)) keys.enqueue(keyOf(key));
  });

  try {
    await manager.run(signal);
  } finally {
    await connections.closeAll();
    await transport.close();
  }
});
