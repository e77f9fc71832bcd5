import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import { natsName } from '@mpc-operator/crds/names';
import { keyOf } from '@mpc-operator/runtime/object';
import type { Connections } from '../../parties/connections.ts';
import { keyAsHeld } from '../../parties/key-as-held.ts';
import type { PartyViews } from '../../parties/view.ts';
import { type Caches, CLUSTER_INDEX, indexedBy } from '../caches.ts';
import { zonesOf } from './children/metadata.ts';
import { type Allowance, disruptionsAllowed } from './decisions/disruptions-allowed.ts';
import { heldKeys } from './decisions/held-keys.ts';
import { type PartyState, partyStates } from './decisions/party-states.ts';

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
}

export function observe(cluster: MpcCluster, caches: Caches, connections: Connections, now: Date): World {
  const key = keyOf(cluster);
  const connection = connections.get(key);
  const views: PartyViews = connection?.views() ?? new Map();
  const keys = indexedBy(caches.keys, CLUSTER_INDEX, key).map(applied => keyAsHeld(applied, views).key);
  const held = heldKeys(keys, views);
  const statefulSets = indexedBy(caches.statefulSets, CLUSTER_INDEX, key);
  const parties = partyStates({ cluster, pods: indexedBy(caches.pods, CLUSTER_INDEX, key), statefulSets, views, now });
  const nats = statefulSets.find(({ metadata }) => metadata.name === natsName(cluster.metadata.name));
  return {
    parties,
    views,
    keys,
    held,
    allowance: disruptionsAllowed(parties, held, views),
    connected: connection?.connected === true,
    settled: connections.isSettled(key) || parties.every(party => party.known),
    serversWanted: zonesOf(cluster).length,
    serversReady: nats?.status?.readyReplicas ?? 0,
  };
}
