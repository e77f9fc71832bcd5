/** The conditions that every attempt must meet before it begins, whether it makes shares or auxiliary information. */
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

/** @throws Refused while another attempt is under way, or for a number that is not above all before */
export function rejectBusyOrLow(
  what: string,
  number: number,
  { last, acknowledged }: { readonly last: AttemptReport | undefined; readonly acknowledged: number },
): void {
  if (last?.phase === 'Preparing') throw new Refused('Busy', `attempt ${last.number} at ${what} is under way`);
  const highest = Math.max(acknowledged, last?.number ?? 0);
  if (number <= highest)
    throw new Refused('NumberTooLow', `attempt ${number} at ${what}: this party has seen ${highest}`);
}

/** @throws Refused if a party has not introduced itself here yet */
export function membersOf(peers: Pick<Peers, 'members'>, parties: readonly PartyId[]): Member[] {
  try {
    return peers.members(parties);
  } catch (error) {
    throw new Refused('NotReady', error instanceof Error ? error.message : 'unknown error');
  }
}
