import type { Allowance } from './disruptions-allowed.ts';
import type { PartyState } from './party-states.ts';

/** The party that is to be restarted with its new pod template now, or why no party is although some should be. */
export type Restart =
  | { readonly kind: 'none' }
  | { readonly kind: 'wait'; readonly message: string }
  | { readonly kind: 'restart'; readonly party: PartyState };

/**
 * Returns the next restart of a rollout. One party is restarted at a time, and only when the party before is back: a
 * template that does not work stops at the first party. A party that is not ready goes first, since nothing is lost
 * with it. A ready party goes only while the allowance lets any party go.
 */
export function nextRestart(parties: readonly PartyState[], allowance: Allowance): Restart {
  const outdated = parties.filter(party => party.outdated);
  if (outdated.length === 0) return { kind: 'none' };
  const away = parties.find(party => !party.ready && (party.stopping || !party.outdated));
  if (away !== undefined) {
    return { kind: 'wait', message: `party ${away.id} is not ready: ${away.trouble?.message ?? ''}` };
  }
  const broken = outdated.find(party => !party.ready);
  if (broken !== undefined) return { kind: 'restart', party: broken };
  const [next] = outdated;
  if (allowance.parties === 0 || next === undefined) return { kind: 'wait', message: allowance.message };
  return { kind: 'restart', party: next };
}
