import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import type { Holding } from './holding.ts';

/** The reason why nothing is done for a KeyShareSet until somebody changes something. */
export interface Fault {
  /** One CamelCase word. */
  readonly reason: string;
  /** What is wrong, and the remedy. */
  readonly message: string;
}

export function clusterNotFound({ spec }: KeyShareSet): Fault {
  const { name } = spec.clusterRef;
  return { reason: 'ClusterNotFound', message: `there is no MpcCluster ${name} in this namespace: apply it` };
}

/** Returns what is wrong with a KeyShareSet that its schema cannot see, because it takes the MpcCluster to see it. */
export function faultOf(key: KeyShareSet, cluster: MpcCluster): Fault | undefined {
  const { clusterRef, parties } = key.spec;
  const existing = new Set(cluster.spec.parties.map(party => party.id));
  const unknown = parties.filter(id => !existing.has(id));
  if (unknown.length > 0) {
    return {
      reason: 'Invalid',
      message:
        `spec.parties names ${unknown.join(', ')}, but MpcCluster ${clusterRef.name} has only the parties ` +
        `${[...existing].join(', ')}: add to its spec.parties, or create the KeyShareSet anew with others`,
    };
  }
  return undefined;
}

/** Returns what is wrong between a KeyShareSet and the keys that the parties hold. */
export function holdingFault(key: KeyShareSet, holding: Holding): Fault | undefined {
  if (holding.conflict !== undefined) return { reason: 'KeyConflict', message: holding.conflict };
  const lost = key.status?.keyId !== undefined && holding.members.every(member => member.kind === 'nothing');
  if (lost) {
    // Another key in its place would change the public key behind everybody's back.
    return {
      reason: 'KeyLost',
      message:
        `no party holds key ${key.status?.keyId} any more; to make a new key of this name, ` +
        'delete the KeyShareSet and apply it again',
    };
  }
  return undefined;
}
