import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { Condition, Observation } from '@mpc-operator/runtime/conditions';
import { ableTogether, bansBy } from '../../../parties/bans.ts';
import type { PartyViews } from '../../../parties/view.ts';
import { observation } from '../../observation.ts';
import { auxiliaryReady } from './auxiliary-ready.ts';
import type { AuxiliaryStep } from './next-auxiliary.ts';
import { noMisbehaviour } from './no-misbehaviour.ts';
import type { PartyState } from './party-states.ts';
import type { ServerState } from './server-states.ts';
import { type ZoneNodes, zonesSpread } from './zones-spread.ts';

/** The state of the NATS servers and of the connection to them. */
export interface TransportState {
  readonly serversWanted: number;
  readonly serversReady: number;
  readonly servers: readonly ServerState[];
  readonly connected: boolean;
  /** Why not all servers have the newest configuration and certificates; undefined if they have. */
  readonly reloadPending?: string;
}

/** The reason of a cluster that needs the names of objects that are not its own. */
export const NAME_TAKEN = 'NameTaken';

/** What the operator is doing, or waiting for. */
export interface Progress {
  readonly reason: string;
  readonly message: string;
}

export interface ClusterFacts {
  readonly parties: readonly PartyState[];
  /** The KeyShareSets whose key exists: a key that is not made yet cannot lack a quorum. */
  readonly keys: readonly KeyShareSet[];
  readonly views: PartyViews;
  readonly transport: TransportState;
  readonly zones: ZoneNodes;
  readonly securityLevel: number;
  readonly auxiliary: AuxiliaryStep;
  readonly progress?: Progress;
  /** The conditions that the cluster has at present. */
  readonly before?: readonly Condition[] | undefined;
}

/** The conditions of an MpcCluster, in the order in which people read them. */
export function clusterConditions(facts: ClusterFacts): readonly Observation[] {
  const { keys, views } = facts;
  const ids = facts.parties.map(party => party.id);
  return [
    ready(facts),
    quorumAvailable(facts),
    hsmHealthy(facts),
    zonesSpread(facts.parties, keys, facts.zones),
    transportReady(facts),
    auxiliaryReady({ ids, keys, level: facts.securityLevel, views, step: facts.auxiliary }),
    noMisbehaviour(ids, views, facts.before),
    progressing(facts),
  ];
}

function ready({ parties, transport, progress }: ClusterFacts): Observation {
  const troubled = parties.filter(party => !party.ready);
  if (troubled.length > 0 && progress?.reason === NAME_TAKEN) {
    return observation('Ready', 'False', NAME_TAKEN, progress.message);
  }
  if (troubled.length > 0) {
    return observation('Ready', 'False', 'PartiesNotReady', listed(troubled.map(describe)));
  }
  const reached = transport.connected && transport.serversReady === transport.serversWanted;
  if (!reached) return observation('Ready', 'False', 'TransportNotReady', describeTransport(transport));
  return observation('Ready', 'True', 'AllPartiesReady', `all ${parties.length} parties are ready`);
}

/**
 * Whether every key has its threshold of ready parties. Without keys, the smallest threshold there can be counts: two
 * parties.
 */
function quorumAvailable({ parties, keys, views }: ClusterFacts): Observation {
  const ready = new Set(parties.filter(party => party.ready).map(party => party.id));
  const bans = bansBy([...ready], views);
  const short = keys
    .map(({ metadata: { name }, spec }) => {
      const present = spec.parties.filter(id => ready.has(id));
      const { threshold } = spec;
      return { name, threshold, present: present.length, left: ableTogether(spec, present, bans).length };
    })
    .filter(({ threshold, left }) => left < threshold);
  if (short.length > 0) {
    const isForBans = short.every(({ threshold, present }) => present >= threshold);
    const list = short.map(({ name, threshold, left }) => `${name} (${left} of ${threshold})`).join(', ');
    return isForBans
      ? observation('QuorumAvailable', 'False', 'PartyBanned', `bans leave too few parties to sign with: ${list}`)
      : observation('QuorumAvailable', 'False', 'TooFewParties', `too few parties are ready to sign with: ${list}`);
  }
  if (ready.size < 2) {
    return observation(
      'QuorumAvailable',
      'False',
      'TooFewParties',
      `${ready.size} of ${parties.length} parties are ready`,
    );
  }
  const message = keys.length === 0 ? 'there are no keys yet' : 'every key has its threshold of ready parties';
  return observation('QuorumAvailable', 'True', 'QuorumReady', message);
}

function hsmHealthy({ parties, views }: ClusterFacts): Observation {
  const health = parties.map(({ id }) => ({ id, hsm: views.get(id)?.report?.hsm }));
  const ill = health.filter(({ hsm }) => hsm?.healthy === false);
  if (ill.length > 0) {
    const list = ill.map(({ id, hsm }) => `party ${id}: ${hsm?.message ?? 'its HSM does not answer'}`);
    return observation('HsmHealthy', 'False', 'HsmUnhealthy', list.join('; '));
  }
  const silent = health.filter(({ hsm }) => hsm === undefined).map(({ id }) => id);
  if (silent.length > 0) return observation('HsmHealthy', 'Unknown', 'NotHeardOf', `no report of ${list(silent)}`);
  return observation('HsmHealthy', 'True', 'AllHealthy', 'every HSM answers');
}

function transportReady({ transport }: ClusterFacts): Observation {
  const { serversWanted, serversReady, connected, reloadPending } = transport;
  const message = describeTransport(transport);
  if (serversReady < serversWanted) return observation('TransportReady', 'False', 'ServersNotReady', message);
  if (!connected) return observation('TransportReady', 'False', 'NotConnected', message);
  if (reloadPending !== undefined) return observation('TransportReady', 'True', 'ReloadPending', reloadPending);
  return observation('TransportReady', 'True', 'Connected', message);
}

function progressing({ progress }: ClusterFacts): Observation {
  return progress === undefined
    ? observation('Progressing', 'False', 'Settled', 'nothing is left to do')
    : observation('Progressing', 'True', progress.reason, progress.message);
}

function describeTransport({ serversWanted, serversReady, servers, connected }: TransportState): string {
  const count = `${serversReady} of ${serversWanted} NATS servers are ready`;
  const link = connected ? [] : ['the operator is not connected'];
  const troubles = servers.flatMap(({ pod, trouble }) =>
    trouble === undefined ? [] : `${pod}: ${trouble.reason} (${trouble.message})`,
  );
  return [count, ...link, ...(troubles.length === 0 ? [] : [listed(troubles)])].join('; ');
}

/** A list that fits a condition, in which every item has its place however long the others are. */
function listed(items: readonly string[]): string {
  const room = Math.floor(3800 / items.length) - 2;
  return items.map(item => (item.length > room ? `${item.slice(0, room - 1)}…` : item)).join('; ');
}

function describe({ id, zone, trouble }: PartyState): string {
  return `party ${id} in zone ${zone}: ${trouble?.reason} (${trouble?.message})`;
}

function list(ids: readonly number[]): string {
  return `${ids.length === 1 ? 'party' : 'parties'} ${ids.join(', ')}`;
}
