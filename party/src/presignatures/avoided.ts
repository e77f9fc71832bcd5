/** The parties that presignatures should do without for a while, because of what they did last. */
import type { Clock } from '@mpc-operator/runtime/clock';
import type { PartyId } from '../protocol/session/party-id.ts';

/**
 * Milliseconds for which a party that did not join a session is not asked again, so that the stocks of all keys do not
 * wait for that party.
 */
const ABSENT = 60_000;
/**
 * Milliseconds for which no presignature is used that needs a party which has just declined one. Each further decline
 * in a row doubles the time. A party may decline honestly, since its memory is bounded. A party that always declines
 * uses up a presignature each time that it is asked, so it is asked ever less.
 */
const DECLINED = 5_000;
const LONGEST = 600_000;

interface Declines {
  readonly inARow: number;
  readonly until: number;
}

export class Avoided {
  readonly #clock: Clock;
  /** The time until which each party is not asked, in the milliseconds of the clock. */
  readonly #absent = new Map<PartyId, number>();
  readonly #declines = new Map<PartyId, Declines>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The party did not join a session that makes a presignature. */
  wasAbsent(party: PartyId): void {
    this.#absent.set(party, this.#clock.now() + ABSENT);
  }

  /** The party says that it has no part of a presignature, which is used up with that. */
  hasDeclined(party: PartyId): void {
    const inARow = (this.#declines.get(party)?.inARow ?? 0) + 1;
    const pause = Math.min(LONGEST, DECLINED * 2 ** (inARow - 1));
    this.#declines.set(party, { inARow, until: this.#clock.now() + pause });
  }

  /** The parties have signed from a presignature. */
  haveSigned(parties: readonly PartyId[]): void {
    for (const party of parties) this.#declines.delete(party);
  }

  /** Whether a presignature that needs the party may be used. */
  mayUse(party: PartyId): boolean {
    return this.#clock.now() >= (this.#declines.get(party)?.until ?? 0);
  }

  /** Whether a presignature may be made with the party. */
  mayAsk(party: PartyId): boolean {
    return this.mayUse(party) && this.#clock.now() >= (this.#absent.get(party) ?? 0);
  }
}
