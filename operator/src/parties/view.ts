import type { KeyReport, PartyReport } from '@mpc-operator/crds/control';

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
  /** All keys that the party holds; undefined while they are not known for sure. */
  readonly keys?: readonly KeyReport[];
}

export type PartyViews = ReadonlyMap<number, PartyView>;

/** Milliseconds after which a report is no longer recent: three reports were missed. */
export const REPORT_LIFETIME = 15_000;

/** Whether it is known which keys the party holds, and so what it can be asked to do. */
export function isKnown(view: PartyView | undefined): view is Required<PartyView> {
  return view?.report !== undefined && view.keys !== undefined;
}

/** The key that a party holds under a name. */
export function keyNamed(view: PartyView | undefined, name: string): KeyReport | undefined {
  return view?.keys?.find(key => key.spec.name === name);
}
