import type { MpcCluster, MpcClusterStatus } from '@mpc-operator/crds/generated/api';
import { setConditions } from '@mpc-operator/runtime/conditions';
import type { Attempts } from '../attempts.ts';
import { auxiliaryStatus } from './decisions/auxiliary-status.ts';
import { clusterConditions, type Progress } from './decisions/conditions.ts';
import type { AuxiliaryStep } from './decisions/next-auxiliary.ts';
import type { World } from './observe.ts';

export interface StatusFacts {
  readonly world: World;
  readonly auxiliary: AuxiliaryStep;
  readonly progress: Progress | undefined;
  readonly reloadPending: string | undefined;
  readonly caFingerprint: string | undefined;
}

export function clusterStatus(
  cluster: MpcCluster,
  facts: StatusFacts,
  attempts: Attempts,
  now: Date,
): MpcClusterStatus {
  const { world, auxiliary: step, progress, reloadPending, caFingerprint } = facts;
  const { serversWanted, serversReady, servers, connected } = world;
  const observations = clusterConditions({
    parties: world.parties,
    keys: world.held,
    views: world.views,
    transport: {
      serversWanted,
      serversReady,
      servers,
      connected,
      ...(reloadPending === undefined ? {} : { reloadPending }),
    },
    zones: world.zones,
    securityLevel: cluster.spec.securityLevel,
    auxiliary: step,
    ...(progress === undefined ? {} : { progress }),
    before: cluster.status?.conditions,
  });
  const auxiliary = auxiliaryStatus(cluster, world.views, step, attempts);
  const { generation } = cluster.metadata;
  const fingerprint = caFingerprint ?? cluster.status?.caFingerprint;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    conditions: setConditions(cluster.status?.conditions, observations, generation, now),
    readyParties: `${world.parties.filter(party => party.ready).length}/${world.parties.length}`,
    keys: world.keys.length,
    ...(auxiliary === undefined ? {} : { auxiliary }),
    ...(fingerprint === undefined ? {} : { caFingerprint: fingerprint }),
    parties: world.parties.map(({ id, zone, pod, node, identity, ready, trouble }) => ({
      id,
      zone,
      pod,
      ...(node === undefined ? {} : { node }),
      ...(identity === undefined ? {} : { identity }),
      ready,
      ...(trouble === undefined ? {} : { reason: trouble.reason, message: trouble.message.slice(0, 1024) }),
    })),
  };
}
