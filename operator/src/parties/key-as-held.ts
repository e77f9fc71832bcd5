import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { keyNamed, type PartyViews } from './view.ts';

/** A KeyShareSet as its key is shared among the parties. */
export interface KeyAsHeld {
  /** The KeyShareSet, with the threshold and parties of the key that the parties hold. */
  readonly key: KeyShareSet;
  /** How the spec that was applied differs, and the remedy; undefined: it does not. */
  readonly difference?: string;
}

/**
 * Returns the KeyShareSet with the threshold and parties that the key really has. A key signs and is refreshed as it is
 * held, and what is decided about pods must keep that threshold, whatever the spec says. A sharing counts as held if as
 * many of its parties report it as its threshold, for then an honest party is among them. Without such a sharing, or
 * with more than one, the spec stands.
 */
export function keyAsHeld(key: KeyShareSet, views: PartyViews): KeyAsHeld {
  const { spec, metadata } = key;
  const reported = [...views].flatMap(([party, view]) => {
    const report = keyNamed(view, metadata.name);
    return report === undefined || !isOf(key, report, party) ? [] : [{ party, sharing: sharingOf(report) }];
  });
  const counts = new Map<string, number>();
  for (const { sharing } of reported) counts.set(sharing.id, (counts.get(sharing.id) ?? 0) + 1);
  const held = new Map(
    reported
      .filter(({ sharing }) => (counts.get(sharing.id) ?? 0) >= sharing.threshold)
      .map(({ sharing }) => [sharing.id, sharing]),
  );
  const [sharing, another] = held.values();
  if (sharing === undefined || another !== undefined) return { key };
  const { threshold, parties } = sharing;
  const differences = [
    ...(spec.threshold === threshold ? [] : [`spec.threshold is ${spec.threshold}, but the key has ${threshold}`]),
    ...(isSame(spec.parties, parties)
      ? []
      : [`spec.parties is ${ascending(spec.parties).join(', ')}, but the key has ${parties.join(', ')}`]),
  ];
  if (differences.length === 0) return { key };
  const difference =
    `${differences.join('; ')}: the key signs and is refreshed as the parties hold it. Delete the KeyShareSet with ` +
    'spec.deletionPolicy Retain, and apply it with what the key has';
  return { key: { ...key, spec: { ...spec, threshold, parties } }, difference };
}

/** Whether a party reports a certified key of the curve and purpose of the KeyShareSet, of which it is a party. */
function isOf({ spec }: KeyShareSet, report: KeyReport, party: number): boolean {
  const { curve, purpose, parties } = report.spec;
  const isCertified = report.keyId !== undefined && report.certificate !== undefined;
  return isCertified && curve === spec.curve && purpose === spec.purpose && parties.includes(party);
}

function sharingOf({ keyId, spec: { threshold, parties } }: KeyReport) {
  const sorted = ascending(parties);
  return { id: `${keyId} ${threshold} ${sorted.join()}`, threshold, parties: sorted };
}

const isSame = (a: readonly number[], b: readonly number[]): boolean => ascending(a).join() === ascending(b).join();

const ascending = (ids: readonly number[]): readonly number[] => [...ids].sort((a, b) => a - b);
