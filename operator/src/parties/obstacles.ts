import type { PartyViews } from './view.ts';

/** Why an action that needs all parties of a group cannot begin yet. */
export interface Obstacle {
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
}

/** A party, and another party whose identity it has not pinned. */
export type Strangers = readonly [id: number, other: number];

/**
 * Returns why an attempt cannot begin. An attempt needs all parties, and each of them must know the others.
 * @param missing the parties that are not ready
 */
export function attendanceObstacle(missing: readonly number[], [stranger]: readonly Strangers[]): Obstacle | undefined {
  if (missing.length > 0) {
    return { reason: 'WaitingForParties', message: `all parties are needed, but ${describeMissing(missing)}` };
  }
  if (stranger === undefined) return undefined;
  return { reason: 'PartiesMeeting', message: `party ${stranger[0]} has not met party ${stranger[1]} yet` };
}

/** The pairs of these parties that have not met yet. */
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
