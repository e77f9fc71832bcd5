import { hash } from 'node:crypto';
import type { Owner } from '../protocol/identity/owner.ts';

/** One link of the log as it is stored. */
export interface Link {
  /** From 1, without gaps. */
  readonly seq: number;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly type: string;
  /** The event in canonical JSON. */
  readonly payload: string;
  /** The hash of the link before, in hex; for the first link, the hash of `genesis`. */
  readonly previous: string;
  /** SHA-256, in hex, of the JSON array ["mpc/v1/log/event", previous, seq, time, type, payload]. */
  readonly hash: string;
}

/** The length of the log and the hash of its last link: two logs with the same head are the same. */
export interface Head {
  readonly length: number;
  readonly hash: string;
}

/** The head of an empty log. It names the owner, so that the log of one party is never taken for another's. */
export function genesis({ namespace, cluster, party }: Owner): Head {
  return { length: 0, hash: hashOf('mpc/v1/log/genesis', namespace, cluster, party) };
}

/** The next link after `head`. */
export function link(head: Head, time: string, type: string, payload: string): Link {
  const content = { seq: head.length + 1, time, type, payload, previous: head.hash };
  return { ...content, hash: hashOfLink(content) };
}

export const headOf = ({ seq, hash: last }: Link): Head => ({ length: seq, hash: last });

/**
 * Returns the head after a stored link.
 * @throws LogCorrupt if the link is not the one that must follow
 */
export function verifyLink(head: Head, stored: Link): Head {
  const problem = problemOf(head, stored);
  if (problem !== undefined) throw new LogCorrupt(head.length + 1, problem);
  return headOf(stored);
}

function problemOf(head: Head, stored: Link): string | undefined {
  if (stored.seq !== head.length + 1) return `event ${stored.seq} is in its place`;
  if (stored.previous !== head.hash) {
    return stored.seq === 1 ? 'it begins the log of another party' : 'it does not follow from the one before';
  }
  return stored.hash === hashOfLink(stored) ? undefined : 'it was changed after it was written';
}

const hashOfLink = ({ seq, time, type, payload, previous }: Omit<Link, 'hash'>): string =>
  hashOf('mpc/v1/log/event', previous, seq, time, type, payload);

/** SHA-256 of a JSON array: unambiguous, and an auditor can check it with nothing but jq and sha256sum. */
const hashOf = (...values: readonly (string | number)[]): string => hash('sha256', JSON.stringify(values));

/**
 * The log is not what this party wrote. The party must not act on it. Restoring a backup would set the party back, so
 * the way out is repair.
 */
export class LogCorrupt extends Error {
  override readonly name = 'LogCorrupt';
  constructor(seq: number, problem: string) {
    super(`the log of this party is damaged at event ${seq}: ${problem}; it must be repaired by its peers`);
  }
}
