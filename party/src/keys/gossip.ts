/**
 * Sends and receives boards. A party shows a board to all others when the board changes, and when another party knows
 * less.
 */
import type { Logger } from '@mpc-operator/runtime/log';
import { board, knowsMore } from '../epochs/board.ts';
import { decodeJson } from '../json-message.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type Keyring, StoreSetBack } from './keyring.ts';

export interface GossipOptions {
  readonly keyring: Pick<Keyring, 'board' | 'merge'>;
  readonly log: Logger;
  /** Sends the bytes to all other parties; they may get lost. */
  readonly send: (bytes: Uint8Array) => void | Promise<void>;
  /** Called when this party should show its board of a key soon. */
  readonly wanted: (keyId: string) => void;
  /** Called when this party must not take part in anything any more. */
  readonly setBack: (error: StoreSetBack) => void;
}

/** The largest board, in bytes: 64 attempts of 16 parties with certificates. NATS takes no more than 1 MB. */
const MAX_BYTES = 900_000;

export class Gossip {
  readonly #options: GossipOptions;

  constructor(options: GossipOptions) {
    this.#options = options;
  }

  async publish(keyId: string): Promise<void> {
    const mine = this.#options.keyring.board(keyId);
    if (mine !== undefined) await this.#options.send(Buffer.from(JSON.stringify(mine)));
  }

  /** Takes over what another party shows. A malformed board is dropped: anyone may have sent it. */
  receive(from: PartyId, bytes: Uint8Array): void {
    const { keyring, log, wanted, setBack } = this.#options;
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
}
