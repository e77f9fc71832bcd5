/**
 * Sends and receives boards. A party shows a board to all others when the board changes, and when another party knows
 * less.
 */
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { TokenBuckets } from '@mpc-operator/runtime/token-bucket';
import { board, knowsMore } from '../epochs/board.ts';
import { decodeJson } from '../json-message.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type Keyring, StoreSetBack } from './keyring.ts';

export interface GossipOptions {
  readonly keyring: Pick<Keyring, 'board' | 'ids' | 'merge'>;
  readonly log: Logger;
  readonly clock: Clock;
  /** Sends the bytes to all other parties; they may get lost. */
  readonly send: (bytes: Uint8Array) => void | Promise<void>;
  /** Called when this party should show its board of a key soon. */
  readonly wanted: (keyId: string) => void;
  /** Called when this party must not take part in anything any more. */
  readonly setBack: (error: StoreSetBack) => void;
}

/** The largest board, in bytes: 64 attempts of 16 parties with certificates. NATS takes no more than 1 MB. */
const MAX_BYTES = 900_000;

/**
 * The limit for the boards of one peer, in KiB for each key that this party holds: reading and checking 1 KiB takes a
 * quarter of a millisecond of the main thread, where signing goes on, too. The boards of one key through all four steps
 * of an epoch have 30 KiB among three parties. A peer repeats a board every 5 s, if it still waits for something, so a
 * board that is dropped is not lost.
 */
const KIB_PER_KEY = { perSecond: 8, burst: 128 };
/** Keys that are counted beside those that this party holds, so that the longest board fits in any case. */
const MORE_KEYS = 16;
/** The seconds between two lines of the log about one peer that sends too much. */
const WARN_EVERY = 60;

export class Gossip {
  readonly #options: GossipOptions;
  readonly #boardsOf: TokenBuckets<PartyId>;
  readonly #warningsOf: TokenBuckets<PartyId>;

  constructor(options: GossipOptions) {
    this.#options = options;
    const { clock } = options;
    this.#boardsOf = new TokenBuckets({ ...KIB_PER_KEY, clock });
    this.#warningsOf = new TokenBuckets({ perSecond: 1 / WARN_EVERY, burst: 1, clock });
  }

  async publish(keyId: string): Promise<void> {
    const mine = this.#options.keyring.board(keyId);
    if (mine !== undefined) await this.#options.send(Buffer.from(JSON.stringify(mine)));
  }

  /** Takes over what another party shows. A malformed board is dropped: anyone may have sent it. */
  receive(from: PartyId, bytes: Uint8Array): void {
    const { keyring, log, wanted, setBack } = this.#options;
    if (!this.#mayCost(from, bytes.length)) {
      if (this.#warningsOf.of(from).tryTake())
        log.warn('boards were dropped unread: the party sends too many', { from, bytes: bytes.length });
      return;
    }
    const theirs = decodeJson(board, bytes, MAX_BYTES);
    if (theirs === undefined) {
      log.warn('a malformed board was dropped', { from });
      return;
    }
    try {
      const rejected = keyring.merge(theirs);
      if (rejected > 0)
        log.warn('statements with a wrong signature were left out', { from, keyId: theirs.keyId, rejected });
    } catch (error) {
      if (!(error instanceof StoreSetBack)) throw error;
      setBack(error);
      return;
    }
    const mine = keyring.board(theirs.keyId);
    if (mine !== undefined && knowsMore(mine, theirs)) wanted(theirs.keyId);
  }

  /** Whether this party has time for so many bytes of a peer. The more keys there are, the more there is to say. */
  #mayCost(from: PartyId, bytes: number): boolean {
    const keys = MORE_KEYS + this.#options.keyring.ids().length;
    return this.#boardsOf.of(from).tryTake(Math.min(bytes, MAX_BYTES) / 1024 / keys);
  }
}
