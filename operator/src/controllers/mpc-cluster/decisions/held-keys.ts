import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { keyNamed, type PartyViews, unreadKey } from '../../../parties/view.ts';

/**
 * The KeyShareSets whose key exists according to the parties: a status may have been wiped. A key whose report cannot
 * be read counts as existing.
 */
export function heldKeys(keys: readonly KeyShareSet[], views: PartyViews): readonly KeyShareSet[] {
  const all = [...views.values()];
  const isHeld = (name: string) =>
    all.some(view => keyNamed(view, name)?.certificate !== undefined || unreadKey(view, name) !== undefined);
  return keys.filter(key => isHeld(key.metadata.name));
}
