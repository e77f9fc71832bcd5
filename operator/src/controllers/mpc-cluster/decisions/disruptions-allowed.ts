import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { ableTogether, bansBy } from '../../../parties/bans.ts';
import { type Numbered, runningAttempt } from '../../../parties/running-attempt.ts';
import type { PartyViews } from '../../../parties/view.ts';
import type { PartyState } from './party-states.ts';

/** How many parties may be away at once, and why no more. */
export interface Allowance {
  readonly parties: number;
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
}

/**
 * Parties may be away as long as every key keeps its threshold, and none while an epoch is on its way, or a generation of auxiliary information: from certify to final all of
 * them are needed, and before, the attempt would be in vain. What a running party does must be known to say so; one
 * whose pod is not ready is away already, and Kubernetes counts it.
 */
export function disruptionsAllowed(
  parties: readonly PartyState[],
  keys: readonly KeyShareSet[],
  views: PartyViews,
): Allowance {
  const unknown = parties.find(party => party.podReady && !party.known);
  if (unknown !== undefined) {
    const message = `party ${unknown.id} runs, but what it does is not known; if that lasts, restart it by hand: kubectl delete pod ${unknown.pod}`;
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

/** How many parties a key can do without, and how many it does without already, for bans. */
function spareOf({ spec }: KeyShareSet, views: PartyViews): { readonly spare: number; readonly banned: number } {
  const able = ableTogether(spec, spec.parties, bansBy(spec.parties, views)).length;
  return { spare: able - spec.threshold, banned: spec.parties.length - able };
}

/**
 * One that was acknowledged takes nobody's time: it is certified at once if all acknowledge it, or never.
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
