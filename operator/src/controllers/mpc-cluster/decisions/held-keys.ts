import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { keyNamed, type PartyViews } from '../../../parties/view.ts';

/** The KeyShareSets whose key exists according to the parties: a status may have been wiped. */
export function heldKeys(keys: readonly KeyShareSet[], views: PartyViews): readonly KeyShareSet[] {
  const all = [...views.values()];
  return keys.filter(key => all.some(view => keyNamed(view, key.metadata.name)?.certificate !== undefined));
}
