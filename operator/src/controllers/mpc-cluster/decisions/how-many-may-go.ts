import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
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
 * Parties may be away as long as every key keeps its threshold, and none while an epoch is on its way: from certify to final all of
 * them are needed, and before, the attempt would be in vain. What a running party does must be known to say so; one
 * whose pod is not ready is away already, and Kubernetes counts it.
 */
export function howManyMayGo(
  parties: readonly PartyState[],
  keys: readonly KeyShareSet[],
  views: PartyViews,
): Allowance {
  const unknown = parties.find(party => party.podReady && !party.known);
  if (unknown !== undefined) {
    return { parties: 0, reason: 'PartyUnknown', message: `party ${unknown.id} runs, but what it does is not known` };
  }
  const pending = [...views.values()].flatMap(view => view.keys ?? []).find(isEpochPending);
  if (pending !== undefined) {
    return { parties: 0, reason: 'EpochPending', message: `key ${pending.spec.name} is between two epochs` };
  }
  const [tightest] = keys
    .map(key => ({ name: key.metadata.name, spare: key.spec.parties.length - key.spec.threshold }))
    .sort((a, b) => a.spare - b.spare);
  if (tightest === undefined) {
    return { parties: Math.max(1, parties.length - 2), reason: 'NoKeys', message: 'there are no keys' };
  }
  const { name, spare } = tightest;
  return spare === 0
    ? { parties: 0, reason: 'AllPartiesNeeded', message: `key ${name} needs all its parties to sign` }
    : { parties: spare, reason: 'ThresholdKept', message: `key ${name} can do without ${spare} of its parties` };
}

/**
 * Whether an attempt runs, or the epoch that is signed with is not final. One that failed is over, and one that was acknowledged takes
 * nobody's time: it is certified at once if all acknowledge it, or never.
 */
export function isEpochPending({ attempt, active, final, certificate }: KeyReport): boolean {
  const over = attempt === undefined || ['Failed', 'Acknowledged', 'Final'].includes(attempt.phase);
  return !over || active !== final || (certificate?.epoch ?? 0) > final;
}
