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
