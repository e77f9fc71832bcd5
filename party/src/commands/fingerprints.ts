import type { PartyId } from '../protocol/session/party-id.ts';

/** The output of a command, and its exit code. */
export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly text: string;
}

/** The fingerprints by party, from arguments PARTY=FINGERPRINT; or what is wrong with the first wrong argument. */
export function parseFingerprints(args: readonly string[]): ReadonlyMap<PartyId, string> | string {
  const pairs = args.map(arg => /^(\d{1,2})=([0-9a-fA-F]{64})$/.exec(arg));
  const wrong = args.find((_, i) => pairs[i] === null);
  if (wrong !== undefined) return `"${wrong}" is not PARTY=FINGERPRINT (64 hexadecimal digits)`;
  return new Map(pairs.flatMap(pair => (pair === null ? [] : [[Number(pair[1]), pair[2] ?? ''] as const])));
}
