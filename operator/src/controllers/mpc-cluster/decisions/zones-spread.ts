import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { Observation } from '@mpc-operator/runtime/conditions';
import { observation } from '../../observation.ts';
import type { PartyState } from './party-states.ts';

const TYPE = 'ZonesSpread';

/** What is known of the nodes in the zones of a cluster's parties. */
export interface ZoneNodes {
  /** The zones in which no node is that a party may run on. */
  readonly empty: readonly string[];
  /** The labels that such a node must have besides that of its zone, as `key=value`. */
  readonly labels: readonly string[];
  /** The zones of which it is not known whether they have such a node. */
  readonly unknown: readonly string[];
  /** Why it is not known. */
  readonly failure?: string;
}

/** Whether every zone has a node, and every key keeps its threshold when any one zone is lost. */
export function zonesSpread(
  parties: readonly PartyState[],
  keys: readonly KeyShareSet[],
  { empty, labels, unknown, failure }: ZoneNodes,
): Observation {
  const zones = [...new Set(parties.map(party => party.zone))];
  const quorums =
    keys.length === 0
      ? [{ name: '', members: parties.map(party => party.id), threshold: 2 }]
      : keys.map(({ metadata, spec }) => ({ name: metadata.name, members: spec.parties, threshold: spec.threshold }));
  const losses = zones.flatMap(zone => {
    const lost = new Set(parties.filter(party => party.zone === zone).map(party => party.id));
    return quorums
      .filter(({ members, threshold }) => members.filter(id => !lost.has(id)).length < threshold)
      .map(({ name }) => (name === '' ? `zone ${zone}` : `zone ${zone} (key ${name})`));
  });
  if (empty.length > 0) {
    const list = empty.map(zone => `${zone} (${ofZone(zone, parties)})`).join(', ');
    const among = labels.length === 0 ? 'no node' : `no node with ${labels.join(', ')}`;
    const message =
      `${among} has the label topology.kubernetes.io/zone of ${list}: ` +
      'label nodes so, or name zones in spec.parties that have nodes';
    return observation(TYPE, 'False', 'ZonesWithoutNodes', message);
  }
  if (losses.length > 0) {
    return observation(TYPE, 'False', 'ZoneHoldsQuorum', `no quorum is left without ${losses.join(', ')}`);
  }
  if (unknown.length > 0) {
    const why = failure ?? 'nobody has looked yet';
    const message = `whether zones ${unknown.join(', ')} have nodes is not known: ${why}`;
    return observation(TYPE, 'Unknown', 'NodesUnknown', message);
  }
  return observation(TYPE, 'True', 'QuorumWithoutAnyZone', 'the loss of any one zone leaves a quorum');
}

function ofZone(zone: string, parties: readonly PartyState[]): string {
  const ids = parties.filter(party => party.zone === zone).map(party => party.id);
  return `${ids.length === 1 ? 'party' : 'parties'} ${ids.join(', ')}`;
}
