import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import { isKnown, keyNamed, type PartyViews, unreadKey } from '../../../parties/view.ts';
import { mismatchOf } from './holding.ts';

/** What is left to do before the finalizer of a deleted KeyShareSet may go. */
export type DestroyStep =
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly message: string }
  | { readonly kind: 'destroy'; readonly shares: readonly Share[]; readonly message: string };

export interface Share {
  readonly party: number;
  readonly keyId: string;
}

/**
 * Returns what to do for a deleted KeyShareSet. A share counts as destroyed only when its party says so: a silent party
 * may come back with it. A key that has the name, but is not as the KeyShareSet asks for, never belonged to the
 * KeyShareSet and is not destroyed.
 */
export function destroyStep(key: KeyShareSet, cluster: MpcCluster | undefined, views: PartyViews): DestroyStep {
  const { deletionPolicy, clusterRef, parties } = key.spec;
  if (deletionPolicy === 'Retain') return { kind: 'done' };
  if (cluster === undefined) {
    return {
      kind: 'wait',
      message:
        `there is no MpcCluster ${clusterRef.name} whose parties could destroy their shares: ` +
        'apply it again, or set spec.deletionPolicy to Retain',
    };
  }
  // A party that the cluster never had holds no share.
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
  const [unread] = members.flatMap(id => {
    const why = unreadKey(views.get(id), key.metadata.name)?.why;
    return why === undefined ? [] : `party ${id} may hold a share: its report of the key cannot be read (${why})`;
  });
  if (unread !== undefined) return { kind: 'wait', message: unread };
  const running = named.filter(({ key: held }) => held?.attempt !== undefined && held.attempt.phase !== 'Failed');

  if (running.length > 0) {
    return { kind: 'wait', message: `parties ${running.map(({ id }) => id).join(', ')} are still making the key` };
  }
  return { kind: 'done' };
}
