import type { PartyViews } from './view.ts';

/** Why something that takes all of some parties cannot begin yet. */
export interface Obstacle {
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
}

/** A party, and one whose identity it has not pinned. */
export type Strangers = readonly [id: number, other: number];

/** An attempt takes all parties, and each must know whom it deals with. `missing` are those that are not ready. */
export function attendanceObstacle(missing: readonly number[], [stranger]: readonly Strangers[]): Obstacle | undefined {
  if (missing.length > 0) {
    return { reason: 'WaitingForParties', message: `all parties are needed, but ${describeMissing(missing)}` };
  }
  if (stranger === undefined) return undefined;
  return { reason: 'PartiesMeeting', message: `party ${stranger[0]} has not met party ${stranger[1]} yet` };
}

/** Who of these parties has not met whom of them yet. */
export function strangersAmong(parties: readonly number[], views: PartyViews): readonly Strangers[] {
  return parties.flatMap(id => {
    const acquainted = views.get(id)?.report?.acquainted;
    const unmet = acquainted && parties.filter(other => other !== id && !acquainted.includes(other));
    return unmet?.map((other): Strangers => [id, other]) ?? [];
  });
}

export function describeMissing(ids: readonly number[]): string {
  return ids.length === 1 ? `party ${ids[0]} is not ready` : `parties ${ids.join(', ')} are not ready`;
}
