import { type Condition, findCondition, type Observation } from '@mpc-operator/runtime/conditions';
import { type Ban, bansBy } from '../../../parties/bans.ts';
import type { PartyViews } from '../../../parties/view.ts';
import { observation } from '../../observation.ts';

const TYPE = 'NoMisbehaviour';

/**
 * Whether no party has banned another. A party that bans may lie, or may be the only one to whom the other showed what
 * it is: people have to judge that. A ban that was shown before stands while a party is silent, so the condition is
 * Unknown only where it was not False.
 */
export function noMisbehaviour(ids: readonly number[], views: PartyViews, before?: readonly Condition[]): Observation {
  const bans = bansBy(ids, views);
  if (bans.length > 0) {
    const accused = [...new Set(bans.map(({ party }) => party))].sort((a, b) => a - b);
    const remedy =
      'those run no ECDSA session with it; ' +
      'find out whether its image, its node or its HSM is another than it should be';
    const list = accused.map(id => describe(bans.filter(({ party }) => party === id)));
    return observation(TYPE, 'False', 'PartyBanned', `${list.join('; ')}: ${remedy}`);
  }
  const silent = ids.filter(id => views.get(id)?.report === undefined);
  if (silent.length > 0) {
    const known = findCondition(before, TYPE);
    if (known?.status === 'False') return observation(TYPE, 'False', known.reason, known.message);
    return observation(TYPE, 'Unknown', 'NotHeardOf', `whom parties ${silent.join(', ')} have banned is not known`);
  }
  return observation(TYPE, 'True', 'NobodyBanned', 'no party has proof against another');
}

function describe(bans: readonly Ban[]): string {
  const [first] = bans;
  return `party ${first?.party} is banned by ${bans.map(({ by }) => by).join(', ')} (${first?.reason})`;
}
