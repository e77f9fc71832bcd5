/** What to do at start so that there is one generation of sealing keys, and everything is sealed under it. */
export interface StartPlan {
  /** The generation to seal under. */
  readonly generation: number;
  /** Whether the key of that generation must be made first. */
  readonly create: boolean;
  /**
   * Whether secrets must be moved to that generation, keys of other generations be destroyed, or the generation be
   * recorded in the log.
   */
  readonly move: boolean;
}

/**
 * @param token generations whose key is in the token
 * @param sealed generations of the store's secrets
 * @param recorded the last generation in the log; 0: none
 * @throws SealingKeyMissing
 */
export function planStart(token: readonly number[], sealed: readonly number[], recorded: number): StartPlan {
  const missing = [...new Set([...sealed, ...(recorded > 0 ? [recorded] : [])])].filter(g => !token.includes(g));
  if (missing.length > 0) throw new SealingKeyMissing(missing, sealed.length);
  const newest = Math.max(0, ...token);
  if (newest === 0) return { generation: 1, create: true, move: true };
  const settled = token.length === 1 && recorded === newest && sealed.every(generation => generation === newest);
  return { generation: newest, create: false, move: !settled };
}

/**
 * The token is not the one that the store's secrets were sealed in, or not in its latest state; or the store is an
 * older copy. No secret can be opened, and no new key may take the place of the old key unnoticed.
 */
export class SealingKeyMissing extends Error {
  override readonly name = 'SealingKeyMissing';
  constructor(generations: readonly number[], secrets: number) {
    super(
      `the HSM has no sealing key of generation ${generations.join(', ')} that was made in it, ` +
        `but the store has ${secrets} secrets and a log that need it: ` +
        'store and token do not belong together. Bring back the token of this party, or have the party repaired',
    );
  }
}
