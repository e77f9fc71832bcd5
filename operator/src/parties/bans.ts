import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { PartyViews } from './view.ts';

/** A party says that it has proof against another party, and runs no session of threshold ECDSA with it. */
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
 * Returns those of these parties of a key that can sign together. Bans are about ECDSA only. If one party has banned
 * another, either may lie. So the result is the largest group without a ban inside; among several such groups, it is
 * one that has the accusers.
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
