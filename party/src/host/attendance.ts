/**
 * Notices the parties that leave a session. To wait for a party that has gone, or has been started anew and knows
 * nothing of the session, would only hold up the next attempt.
 */
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Peers } from '../peers/peers.ts';
import { Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';

/** Milliseconds between two looks, and the number of looks in a row that a party misses before it counts as gone. */
const LOOK_EVERY = 1_000;
const MISSED_OFTEN = 3;

export class Attendance implements Disposable {
  readonly #peers: Pick<Peers, 'starts'>;
  readonly #clock: Clock;
  readonly #gone = new AbortController();
  /** The incarnation with which each party takes part. */
  readonly #began = new Map<PartyId, number>();
  readonly #missed: Map<PartyId, number>;
  #cancel: () => void;

  constructor(parties: readonly PartyId[], peers: Pick<Peers, 'starts'>, clock: Clock) {
    this.#peers = peers;
    this.#clock = clock;
    this.#missed = new Map(parties.map(party => [party, 0]));
    this.#cancel = () => {};
    this.#look();
  }

  /** Aborts when parties have left, with a Timeout that names them. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #look(): void {
    const starts = this.#peers.starts();
    const gone = [...this.#missed.keys()].filter(party => this.#hasLeft(party, starts.get(party)));
    if (gone.length > 0) this.#gone.abort(new Timeout('attendance', gone, 'gone, or started anew'));
    else this.#cancel = this.#clock.after(LOOK_EVERY, () => this.#look());
  }

  #hasLeft(party: PartyId, start: number | undefined): boolean {
    if (start === undefined) {
      const missed = (this.#missed.get(party) ?? 0) + 1;
      this.#missed.set(party, missed);
      return missed >= MISSED_OFTEN;
    }
    this.#missed.set(party, 0);
    const began = this.#began.get(party) ?? start;
    this.#began.set(party, began);
    return began !== start;
  }
}
