import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { PartyViews } from './view.ts';

/** One party says that it has proof against another, and runs no session of threshold ECDSA with it. */
export interface Ban {
  readonly by: number;
  readonly party: number;
  readonly reason: string;
}

/** The bans that these parties report, in the order of the parties. */
export function bansBy(ids: readonly number[], views: PartyViews): readonly Ban[] {
  const reports = ids.flatMap(id => views.get(id)?.report ?? []);
  return reports.flatMap(({ party: by, banned = [] }) => banned.map(ban => ({ by, ...ban })));
}

/**
 * Those of these parties of a key that can sign together. Bans are about ECDSA only. Of two parties one of which has banned the other either may
 * lie: it is the largest group without a ban inside, and if several are, one that has the accusers.
 */
export function ableTogether(
  { purpose }: KeyShareSet['spec'],
  ids: readonly number[],
  bans: readonly Ban[],
): readonly number[] {
  return purpose === 'ecdsa' ? largestGroup(ids, bans) : ids;
}

function largestGroup(ids: readonly number[], bans: readonly Ban[]): readonly number[] {
  const inside = bans.filter(({ by, party }) => by !== party && ids.includes(by) && ids.includes(party));
  const [first] = inside;
  if (first === undefined) return ids;
  const [accusers, accused] = [first.party, first.by].map(out => {
    const others = ids.filter(id => id !== out);
    return largestGroup(others, inside);
  });
  return (accused?.length ?? 0) > (accusers?.length ?? 0) ? (accused ?? []) : (accusers ?? []);
}
