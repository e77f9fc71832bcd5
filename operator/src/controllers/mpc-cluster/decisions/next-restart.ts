import type { Allowance } from './disruptions-allowed.ts';
import type { PartyState } from './party-states.ts';

/** The party to be restarted with its new pod template now, or why none is although some should. */
export type Restart =
  | { readonly kind: 'none' }
  | { readonly kind: 'wait'; readonly message: string }
  | { readonly kind: 'restart'; readonly party: PartyState };

/**
 * One party at a time, and only when the one before is back: a template that does not work stops at the first. A party that is not
 * ready goes first, since nothing is lost with it; one that is, only while the allowance lets any go.
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
