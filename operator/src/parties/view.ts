import type { KeyReport, PartyReport } from '@mpc-operator/crds/control';

/** What the operator knows of one party, at one moment. */
export interface PartyView {
  readonly id: number;
  /** When this start of it was first heard of, in milliseconds of some clock: the younger, the less it may know of its peers. */
  readonly since?: number;
  /** Its last report, if that is recent. A party that has not been heard of for a while may be anything. */
  readonly report?: PartyReport;
  /** All keys it holds; undefined as long as that is not known for sure. */
  readonly keys?: readonly KeyReport[];
}

export type PartyViews = ReadonlyMap<number, PartyView>;

/** Milliseconds after which a report is no longer recent: three were missed. */
export const REPORT_LIFETIME = 15_000;

/** Whether it is known what the party holds, and so what it can be asked for. */
export function isKnown(view: PartyView | undefined): view is Required<PartyView> {
  return view?.report !== undefined && view.keys !== undefined;
}

/** What a party holds under a name. */
export function keyNamed(view: PartyView | undefined, name: string): KeyReport | undefined {
  return view?.keys?.find(key => key.spec.name === name);
}
