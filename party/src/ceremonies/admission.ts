/** The conditions that every attempt must meet before it begins, whether it makes shares or auxiliary information. */

import { MAX_NUMBER_JUMP } from '@mpc-operator/crds/bounds';
import type { AttemptReport, Refusal } from '@mpc-operator/crds/control';
import { isAscending } from '../epochs/verify-certificate.ts';
import type { Peers } from '../peers/peers.ts';
import type { Member } from '../protocol/session/context.ts';
import type { PartyId } from '../protocol/session/party-id.ts';

export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: Refusal;
  constructor(reason: Refusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** @throws Refused unless the parties ascend, each once, with `me` among them */
export function rejectDisordered(parties: readonly PartyId[], me: PartyId): void {
  if (!isAscending(parties) || !parties.includes(me))
    throw new Refused('Malformed', `parties ${parties.join(', ')}: they must ascend, each once, party ${me} included`);
}

/** What this party knows of the numbers of attempts at a key, or at auxiliary information. */
export interface KnownNumbers {
  /** The attempt that runs, or that failed last. */
  readonly last: AttemptReport | undefined;
  /** The highest number that this party has acknowledged. */
  readonly acknowledged: number;
  /** The highest number of an attempt that failed here. */
  readonly failed: number;
}

/**
 * The number may be one that failed here, even at some parties only: each party acknowledges a number once. So of
 * numbers that all parties of a key have not used up and that none of them refuses there is always one.
 * @throws Refused while another attempt is under way, for a number that this party has acknowledged, or for one that is
 *   far above all that this party has seen
 */
export function rejectBusyOrUnfit(what: string, number: number, { last, acknowledged, failed }: KnownNumbers): void {
  if (last?.phase === 'Preparing') throw new Refused('Busy', `attempt ${last.number} at ${what} is under way`);
  if (number <= acknowledged)
    throw new Refused('NumberTooLow', `attempt ${number} at ${what}: this party has acknowledged ${acknowledged}`);
  const seen = Math.max(acknowledged, failed);
  const limit = seen + MAX_NUMBER_JUMP;
  if (number > limit)
    throw new Refused(
      'Malformed',
      `number ${number} of an attempt at ${what} is more than ${MAX_NUMBER_JUMP} above ${seen}, the highest ` +
        `that this party has seen: take one from ${acknowledged + 1} to ${limit}`,
    );
}

/** @throws Refused if a party has not introduced itself here yet */
export function membersOf(peers: Pick<Peers, 'members'>, parties: readonly PartyId[]): Member[] {
  try {
    return peers.members(parties);
  } catch (error) {
    throw new Refused('NotReady', error instanceof Error ? error.message : 'unknown error');
  }
}
