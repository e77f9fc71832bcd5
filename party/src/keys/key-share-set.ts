/** What the KeyShareSet of a name says about the key that this party holds under that name. */
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { KeyState } from '../epochs/key-state.ts';

/**
 * Why the KeyShareSet asks for another key than the one that is held under its name; undefined: they are about the same
 * key. A name alone gives no right to use a key. Curve and purpose never change in a key. Threshold and parties are how
 * the key is shared at present: if the KeyShareSet asks for others, the key signs on as it is shared.
 */
export const conflictOf = (keyShareSet: KeyShareSet, key: KeyState): string | undefined =>
  described(['curve', 'purpose'].filter(field => fieldsThatDiffer(keyShareSet, key).includes(field)));

/** How the spec of a KeyShareSet differs from the key of its name in anything; undefined: in nothing. */
export const differenceOf = (keyShareSet: KeyShareSet, key: KeyState): string | undefined =>
  described(fieldsThatDiffer(keyShareSet, key));

function fieldsThatDiffer({ spec }: KeyShareSet, { spec: held }: KeyState): readonly string[] {
  const fields = (['curve', 'purpose', 'threshold'] as const).filter(f => spec[f] !== held[f]);
  const sameParties = [...spec.parties].sort().join() === [...held.parties].sort().join();
  return sameParties ? fields : [...fields, 'parties'];
}

const described = (different: readonly string[]): string | undefined =>
  different.length === 0
    ? undefined
    : `the key of this name differs from the KeyShareSet in ${different.join(', ')}: restore its spec`;

/**
 * Whether the shares of a key are to be destroyed: the owner of the key deletes its KeyShareSet, whose spec says
 * Destroy and describes the key exactly as it is held. The party believes nobody else who says so.
 */
export function isToBeDestroyed(key: KeyState, keyShareSet: KeyShareSet | undefined, cluster: string): boolean {
  return (
    keyShareSet?.metadata.deletionTimestamp !== undefined &&
    keyShareSet.spec.deletionPolicy === 'Destroy' &&
    keyShareSet.spec.clusterRef.name === cluster &&
    differenceOf(keyShareSet, key) === undefined
  );
}
