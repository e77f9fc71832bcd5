/**
 * The numbers of attempts, as the parties report them. A party may lie, and what one party says must not move what all
 * of them use: a number is believed that so many parties report that one of them must be honest.
 */
import type { Numbered } from './running-attempt.ts';

/** The numbers that the parties of one thing have seen, whether it is a key or the auxiliary information. */
export interface SeenNumbers {
  /** The highest number that at least a quorum of parties says it has seen. */
  readonly agreed: number;
  /**
   * The lowest of the numbers that the parties have seen: a party takes none that is far above what it has seen. A
   * party that has seen none is left out, for it may have come later.
   */
  readonly lowest: number;
}

/**
 * @param highest by party that reports anything: the highest number that it has seen
 * @param quorum the number of parties among which at least one is honest
 */
export function seenNumbers(highest: readonly number[], quorum: number): SeenNumbers {
  const descending = highest.filter(number => number > 0).sort((a, b) => b - a);
  const agreed = descending[quorum - 1] ?? 0;
  return { agreed, lowest: descending.at(-1) ?? agreed };
}

/** More than half of the parties: of auxiliary information, which serves keys of any threshold. */
export const majorityOf = (parties: number): number => Math.floor(parties / 2) + 1;

/**
 * The reports without attempts at a number that nobody can have given out: the next attempt is at most one above what
 * is agreed, or what this operator has given out.
 */
export function credible<R extends Numbered>(reports: readonly R[], agreed: number, given: number): readonly R[] {
  const limit = Math.max(agreed, given) + 1;
  return reports.map(report =>
    report.attempt === undefined || report.attempt.number <= limit ? report : { ...report, attempt: undefined },
  );
}
