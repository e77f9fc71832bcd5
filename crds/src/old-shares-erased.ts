import type { KeySpec } from './control.ts';

/**
 * Whether the shares of epochs before `epoch` count as erased: n - t + 1 of the n parties have confirmed that theirs
 * are destroyed, so that fewer of them are left than the threshold t.
 * @param erasedBelow for each party that says so, the epoch below which all its shares are destroyed
 */
export function areOldSharesErased(
  { parties, threshold }: Pick<KeySpec, 'threshold'> & { readonly parties: readonly number[] },
  erasedBelow: readonly number[],
  epoch: number,
): boolean {
  const erased = erasedBelow.filter(below => below >= epoch).length;
  return erased >= parties.length - threshold + 1;
}
