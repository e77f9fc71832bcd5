import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { ableTogether, bansBy } from '../../../parties/bans.ts';
import { type Numbered, runningAttempt } from '../../../parties/running-attempt.ts';
import type { PartyViews } from '../../../parties/view.ts';
import type { PartyState } from './party-states.ts';

/** The number of parties that may be away at once, and why no more may. */
export interface Allowance {
  readonly parties: number;
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
}

/**
 * Returns how many parties may be away so that every key keeps its threshold. No party may be away while an epoch of a
 * key, or a generation of auxiliary information, is on its way: from its certificate until it is final all parties are
 * needed, and before that the attempt would be in vain. Nor may any party be away while the operator does not know what
 * a running party is doing. A party whose pod is not ready is away already, and Kubernetes counts it.
 */
export function disruptionsAllowed(
  parties: readonly PartyState[],
  keys: readonly KeyShareSet[],
  views: PartyViews,
): Allowance {
  const unknown = parties.find(party => party.podReady && !party.known);
  if (unknown !== undefined) {
    const message =
      `party ${unknown.id} runs, but what it does is not known; ` +
      `if that lasts, restart it by hand: kubectl delete pod ${unknown.pod}`;
    return { parties: 0, reason: 'PartyUnknown', message };
  }
  const pending = reportsByName(views).find(([, reports]) => isPending(reports));
  if (pending !== undefined) {
    return { parties: 0, reason: 'EpochPending', message: `key ${pending[0]} is between two epochs` };
  }
  if (isPending([...views.values()].flatMap(view => view.report?.auxiliary ?? []))) {
    const message = 'the auxiliary information of ECDSA keys is between two generations';
    return { parties: 0, reason: 'GenerationPending', message };
  }
  const [tightest] = keys
    .map(key => ({ name: key.metadata.name, ...spareOf(key, views) }))
    .sort((a, b) => a.spare - b.spare);
  if (tightest === undefined) {
    return { parties: Math.max(1, parties.length - 2), reason: 'NoKeys', message: 'there are no keys' };
  }
  const { name, spare, banned } = tightest;
  if (spare > 0) {
    return { parties: spare, reason: 'ThresholdKept', message: `key ${name} can do without ${spare} of its parties` };
  }
  return banned > 0
    ? { parties: 0, reason: 'PartyBanned', message: `key ${name} needs all its parties to sign that are not banned` }
    : { parties: 0, reason: 'AllPartiesNeeded', message: `key ${name} needs all its parties to sign` };
}

/** The number of parties that a key can do without, and the number that it already does without because of bans. */
function spareOf({ spec }: KeyShareSet, views: PartyViews): { readonly spare: number; readonly banned: number } {
  const able = ableTogether(spec, spec.parties, bansBy(spec.parties, views)).length;
  return { spare: able - spec.threshold, banned: spec.parties.length - able };
}

/**
 * Whether the parties are at an attempt that needs them. An attempt that is only acknowledged needs no party: it is
 * certified at once if all parties acknowledge it, or never.
 */
function isPending(reports: readonly Numbered[]): boolean {
  const running = runningAttempt(reports);
  return running !== undefined && running.phase !== 'Acknowledged';
}

function reportsByName(views: PartyViews): readonly [string, readonly KeyReport[]][] {
  const reports = [...views.values()].flatMap(view => view.keys ?? []);
  const names = [...new Set(reports.map(report => report.spec.name))].sort();
  return names.map(name => [name, reports.filter(report => report.spec.name === name)]);
}
