import type { KeyReport, PartyReport } from '@mpc-operator/crds/control';
import type { Unread } from './read-reports.ts';

/** What the operator knows of one party, at one moment. */
export interface PartyView {
  readonly id: number;
  /**
   * When the present start of the party was first heard of, in milliseconds of some clock: the later, the less the
   * party may know of its peers.
   */
  readonly since?: number;
  /**
   * The last report of the party, if it is recent. A party that has not been heard of for a while may be in any state.
   */
  readonly report?: PartyReport;
  /** All keys that the party holds, but those that cannot be read; undefined while they are not known for sure. */
  readonly keys?: readonly KeyReport[];
  /** The keys that the party holds and that cannot be read: it is not known what the party holds there. */
  readonly unreadKeys?: readonly Unread[];
  /** The fields of `report` that cannot be read, and that it lacks therefore. */
  readonly unreadFields?: readonly Unread[];
}

export type PartyViews = ReadonlyMap<number, PartyView>;

/** Milliseconds after which a report is no longer recent: three reports were missed. */
export const REPORT_LIFETIME = 15_000;

/** Whether it is known which keys the party holds, and so what it can be asked to do. */
export function isKnown(view: PartyView | undefined): view is PartyView & Required<Pick<PartyView, 'report' | 'keys'>> {
  return view?.report !== undefined && view.keys !== undefined;
}

/** The key that a party holds under a name. */
export function keyNamed(view: PartyView | undefined, name: string): KeyReport | undefined {
  return view?.keys?.find(key => key.spec.name === name);
}

/**
 * Why it is not known what a party holds under a name, although its other keys are known: the report of that key cannot
 * be read. A report without a name may be of any key that the party shows no other report of.
 */
export function unreadKey(view: PartyView | undefined, name: string): Unread | undefined {
  const unread = view?.unreadKeys ?? [];
  const itself = unread.find(entry => entry.name === name);
  if (itself !== undefined || keyNamed(view, name) !== undefined) return itself;
  return unread.find(entry => entry.name === undefined);
}
