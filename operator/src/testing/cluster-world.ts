/** A world with an MpcCluster and its reconciler. */
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { mpcClusters } from '@mpc-operator/crds/resources';
import { findCondition } from '@mpc-operator/runtime/conditions';
import { Expectations } from '@mpc-operator/runtime/expectations';
import { ownerReference } from '@mpc-operator/runtime/object';
import { Node, Pod, StatefulSet } from '@mpc-operator/runtime/resource';
import { AttemptLog } from '../controllers/attempt-log.ts';
import type { LoadedRevisions, LoadRevision } from '../controllers/mpc-cluster/nats-servers.ts';
import { mpcClusterReconciler } from '../controllers/mpc-cluster/reconcile.ts';
import { mpcCluster, settings } from './objects.ts';
import { views } from './reports.ts';
import { createWorld } from './world.ts';

export const clusterKey = { namespace: 'ns', name: 'demo' };
export const inNamespace = (name: string) => ({ namespace: 'ns', name });

export function createClusterWorld(cluster: MpcCluster = mpcCluster()) {
  const world = createWorld(new Date('2026-11-21T12:00:00Z'));
  const { api, caches, clock, context } = world;
  const loads: string[] = [];
  const state: { servers: LoadedRevisions } = { servers: { current: ['0', '1', '2'], behind: [] } };
  const loadRevision: LoadRevision = async (_, __, revision) => {
    loads.push(revision);
    return state.servers;
  };
  const attempts = new AttemptLog();
  const expectations = new Expectations();
  const reconciler = mpcClusterReconciler({ ...world, settings, expectations, attempts, loadRevision });
  api.put(mpcClusters, cluster);
  for (const zone of ['a', 'b', 'c']) {
    const labels = { 'topology.kubernetes.io/zone': zone };
    api.put(Node, { apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${zone}`, labels } });
  }

  return {
    ...world,
    loads,
    state,
    reconcile: () => reconciler(clusterKey, context),
    cluster: () => api.get(mpcClusters, clusterKey),
    condition(type: string): string {
      const { status, reason, message } =
        findCondition(api.get(mpcClusters, clusterKey)?.status?.conditions, type) ?? {};
      return `${status} ${reason} ${message}`;
    },
    /**
     * Does what Kubernetes would do: makes pods of this template revision for all parties, and makes the servers ready.
     */
    startPods(revision = 'r1', ids = [1, 2, 3]): void {
      for (const set of caches.statefulSets.list()) {
        api.put(StatefulSet, {
          ...set,
          metadata: { ...set.metadata, generation: 1 },
          status: { replicas: 1, readyReplicas: set.spec?.replicas ?? 0, observedGeneration: 1, updateRevision: 'r1' },
        });
      }
      const nats = api.get(StatefulSet, inNamespace('demo-nats'));
      for (const server of [0, 1, 2]) {
        api.put(Pod, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { ...inNamespace(`demo-nats-${server}`), labels: { ...nats?.metadata.labels } },
          status: { conditions: [{ type: 'Ready', status: 'True' }] },
        });
      }
      for (const id of ids) {
        const set = api.get(StatefulSet, inNamespace(`demo-party-${id}`));
        api.put(Pod, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: {
            name: `demo-party-${id}-0`,
            namespace: 'ns',
            uid: `pod-${id}-${revision}`,
            labels: { ...set?.metadata.labels, 'controller-revision-hash': revision },
            ...(set && { ownerReferences: [ownerReference(set, { controller: true })] }),
          },
          status: { conditions: [{ type: 'Ready', status: 'True' }] },
        });
      }
    },
    async settled(): Promise<void> {
      await clock.advance(15_000);
    },
  };
}

/** A world with a cluster that is up and at rest. */
export async function runningCluster(cluster?: MpcCluster) {
  const world = createClusterWorld(cluster);
  await world.reconcile();
  world.startPods();
  await world.parties.report(views());
  await world.reconcile();
  return world;
}
