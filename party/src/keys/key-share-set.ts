/** What the KeyShareSet of a name says about the key that this party holds under that name. */
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { KeyState } from '../epochs/key-state.ts';

/**
 * How the spec of a KeyShareSet differs from the key of its name; undefined: they are about the same key. A name alone
 * gives no right to use a key.
 */
export function differenceOf({ spec }: KeyShareSet, { spec: held }: KeyState): string | undefined {
  const fields = (['curve', 'purpose', 'threshold'] as const).filter(f => spec[f] !== held[f]);
  const sameParties = [...spec.parties].sort().join() === [...held.parties].sort().join();
  const different = sameParties ? fields : [...fields, 'parties'];
  return different.length === 0
    ? undefined
    : `the key of this name differs from the KeyShareSet in ${different.join(', ')}: restore its spec`;
}

/**
 * Whether the shares of a key are to be destroyed: the owner of the key deletes its KeyShareSet, whose spec says
 * Destroy. The party believes nobody else who says so.
 */
export function isToBeDestroyed(key: KeyState, keyShareSet: KeyShareSet | undefined, cluster: string): boolean {
  return (
    keyShareSet?.metadata.deletionTimestamp !== undefined &&
    keyShareSet.spec.deletionPolicy === 'Destroy' &&
    keyShareSet.spec.clusterRef.name === cluster &&
    differenceOf(keyShareSet, key) === undefined
  );
}
