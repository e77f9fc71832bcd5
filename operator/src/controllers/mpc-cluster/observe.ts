import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import { natsName, partyPodName, storeClaimName, tokenClaimName } from '@mpc-operator/crds/names';
import { type KubernetesObject, keyOf } from '@mpc-operator/runtime/object';
import { keyAsHeld } from '../../parties/key-as-held.ts';
import type { PartyViews } from '../../parties/view.ts';
import { type Cached, type Caches, CLUSTER_INDEX, indexedBy } from '../caches.ts';
import { partyIds, zonesOf } from './children/metadata.ts';
import { type Allowance, disruptionsAllowed } from './decisions/disruptions-allowed.ts';
import { heldKeys } from './decisions/held-keys.ts';
import { type PartyState, partyStates } from './decisions/party-states.ts';
import { type Explained, explainedBy } from './decisions/pod-trouble.ts';
import { type ServerState, serverPodNames, serverStates } from './decisions/server-states.ts';
import type { ZoneNodes } from './decisions/zones-spread.ts';
import type { Run } from './run.ts';

/** A cluster as caches and parties show it, read once in a reconcile. */
export interface World {
  readonly parties: readonly PartyState[];
  readonly views: PartyViews;
  /** All KeyShareSets that name the cluster, each with the threshold and parties that its key has. */
  readonly keys: readonly KeyShareSet[];
  /** The KeyShareSets whose key exists. */
  readonly held: readonly KeyShareSet[];
  readonly allowance: Allowance;
  readonly connected: boolean;
  /** Whether all parties are known, or had the time to become known. */
  readonly settled: boolean;
  readonly serversWanted: number;
  readonly serversReady: number;
  readonly servers: readonly ServerState[];
  readonly zones: ZoneNodes;
  /** Whether events or nodes, of which no watch tells, may change what is shown. */
  readonly unwatched: boolean;
}

export async function observe(cluster: MpcCluster, run: Run): Promise<World> {
  const { caches, connections, surroundings, now } = run;
  const key = keyOf(cluster);
  const explained = explainedPods(cluster, caches);
  const explanations = await surroundings.explanations(key, explained, run);
  const zones = await surroundings.zones(cluster, run);

  // What decides on disruptions is read only now, all at once: it may have changed meanwhile.
  const connection = connections.get(key);
  const views: PartyViews = connection?.views() ?? new Map();
  const keys = indexedBy(caches.keys, CLUSTER_INDEX, key).map(applied => keyAsHeld(applied, views).key);
  const held = heldKeys(keys, views);
  const statefulSets = indexedBy(caches.statefulSets, CLUSTER_INDEX, key);
  const pods = indexedBy(caches.pods, CLUSTER_INDEX, key);
  const claims = indexedBy(caches.claims, CLUSTER_INDEX, key);
  const emptyZones = zones.empty;
  const parties = partyStates({ cluster, pods, statefulSets, claims, explanations, emptyZones, views, now });
  const nats = statefulSets.find(({ metadata }) => metadata.name === natsName(cluster.metadata.name));
  const serversWanted = zonesOf(cluster).length;
  return {
    parties,
    views,
    keys,
    held,
    allowance: disruptionsAllowed(parties, held, views),
    connected: connection?.connected === true,
    settled: connections.isSettled(key) || parties.every(party => party.known),
    serversWanted,
    serversReady: nats?.status?.readyReplicas ?? 0,
    servers: serverStates(cluster, serversWanted, { pods, statefulSets, explanations, now }),
    zones,
    unwatched: explained.length > 0 || zones.empty.length > 0,
  };
}

/** The kinds whose events may explain why pods of a cluster are not there or do not start. */
function explainedPods(cluster: MpcCluster, caches: Caches): readonly Explained[] {
  const { name } = cluster.metadata;
  const namespace = keyOf(cluster).namespace;
  const cached = <T extends KubernetesObject>(cache: Cached<T>, child: string) => cache.get({ namespace, name: child });
  const parties = partyIds(cluster).map(id => ({
    pod: cached(caches.pods, partyPodName(name, id)),
    claims: [storeClaimName(name, id), tokenClaimName(name, id)].flatMap(claim => cached(caches.claims, claim) ?? []),
  }));
  const servers = serverPodNames(name, zonesOf(cluster).length).map(pod => ({
    pod: cached(caches.pods, pod),
    claims: [],
  }));
  return [...parties, ...servers].flatMap(explainedBy);
}
