import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import { isKnown, keyNamed, type PartyViews } from '../../../parties/view.ts';
import { mismatchOf } from './holding.ts';

/** What is left to do before a deleted KeyShareSet may go. */
export type DestroyStep =
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly message: string }
  | { readonly kind: 'destroy'; readonly shares: readonly Share[]; readonly message: string };

export interface Share {
  readonly party: number;
  readonly keyId: string;
}

/**
 * Only a party that says so has destroyed its share: one that is silent may come back with it. A key of the name that is not as the
 * KeyShareSet asks for was never its own, and stays.
 */
export function destroyStep(key: KeyShareSet, cluster: MpcCluster | undefined, views: PartyViews): DestroyStep {
  const { deletionPolicy, clusterRef, parties } = key.spec;
  if (deletionPolicy === 'Retain') return { kind: 'done' };
  if (cluster === undefined) {
    return {
      kind: 'wait',
      message: `there is no MpcCluster ${clusterRef.name} whose parties could destroy their shares: apply it again, or set spec.deletionPolicy to Retain`,
    };
  }
  // A party that the cluster never had holds nothing.
  const members = parties.filter(id => cluster.spec.parties.some(party => party.id === id));
  const named = members
    .map(id => ({ id, key: keyNamed(views.get(id), key.metadata.name) }))
    .filter(({ key: held }) => held !== undefined && mismatchOf(key, held) === undefined);
  const shares = named.flatMap(({ id, key: held }) =>
    held?.keyId === undefined ? [] : { party: id, keyId: held.keyId },
  );
  if (shares.length > 0) {
    const holders = shares.map(share => share.party).join(', ');
    return { kind: 'destroy', shares, message: `parties ${holders} are asked to destroy their shares` };
  }
  const silent = members.filter(id => !isKnown(views.get(id)));
  if (silent.length > 0) {
    return {
      kind: 'wait',
      message: `parties ${silent.join(', ')} are away and may hold shares; spec.deletionPolicy Retain would let them`,
    };
  }
  const running = named.filter(({ key: held }) => held?.attempt !== undefined && held.attempt.phase !== 'Failed');

  if (running.length > 0) {
    return { kind: 'wait', message: `parties ${running.map(({ id }) => id).join(', ')} are still making the key` };
  }
  return { kind: 'done' };
}
