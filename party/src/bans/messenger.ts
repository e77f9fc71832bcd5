/** Sends evidence to the other parties, each of which judges the evidence itself. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type Clock, sleep } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { TokenBuckets } from '@mpc-operator/runtime/token-bucket';
import type { Peers } from '../peers/peers.ts';
import { readEvidence } from '../protocol/evidence/format.ts';
import type { Channel } from '../protocol/session/channel.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Bans } from './bans.ts';

export interface MessengerOptions {
  readonly bans: Pick<Bans, 'all' | 'evidenceOf' | 'hear' | 'onBan'>;
  readonly channel: Channel;
  readonly peers: Pick<Peers, 'me' | 'starts'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The most bytes that are sent: NATS takes no more than 1 MB. */
const MAX_PACKED = 900_000;
/**
 * The most bytes that are unpacked. Evidence is nearly all hexadecimal digits, which pack to half of their length, so
 * that no evidence that NATS takes is longer.
 */
const MAX_TEXT = 3 * MAX_PACKED;
/**
 * Judging takes seconds of a thread. From one party `BURST` pieces of evidence are judged at once, then one in `EVERY`
 * seconds.
 */
const BURST = 4;
const EVERY = 30;
/** The milliseconds between two looks for parties that have started. */
const LOOK_EVERY = 5_000;

export class EvidenceMessenger {
  readonly #options: MessengerOptions;
  readonly #buckets: TokenBuckets<PartyId>;

  constructor(options: MessengerOptions) {
    this.#options = options;
    this.#buckets = new TokenBuckets({ perSecond: 1 / EVERY, burst: BURST, clock: options.clock });
    options.channel.listen((from, bytes) => {
      this.#receive(from, bytes).catch((error: unknown) => {
        options.log.warn('evidence of another party was not judged', { from, error });
      });
    });
    options.bans.onBan(evidence => void this.#send('all', JSON.stringify(evidence)));
  }

  /**
   * Until the signal aborts, sends all evidence to each party that has appeared or started anew: that party was not
   * there when the others were told.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { peers, clock } = this.#options;
    let before: ReadonlyMap<PartyId, number> = new Map();
    while (!signal.aborted) {
      const now = peers.starts();
      for (const [party, start] of now)
        if (party !== peers.me && before.get(party) !== start) await this.#acquaint(party);
      before = now;
      // the loop ends when the signal has aborted
      await sleep(clock, LOOK_EVERY, signal).catch(() => {});
    }
  }

  async #acquaint(party: PartyId): Promise<void> {
    const { bans, log } = this.#options;
    for (const { party: culprit } of bans.all()) {
      if (culprit === party) continue;
      try {
        const text = await bans.evidenceOf(culprit);
        if (text !== undefined) await this.#send(party, text);
      } catch (error) {
        log.warn('evidence that was kept cannot be read', { culprit, error });
      }
    }
  }

  /** Never rejects: a party that is not told now is told when it appears again. */
  async #send(to: PartyId | 'all', text: string): Promise<void> {
    const { channel, log } = this.#options;
    try {
      const packed = await promisify(gzip)(text);
      if (packed.length > MAX_PACKED) log.warn('evidence that is too long to be sent', { bytes: packed.length });
      else await channel.send(to, packed);
    } catch (error) {
      log.warn('evidence was not sent', { to, error });
    }
  }

  async #receive(from: PartyId, bytes: Uint8Array): Promise<void> {
    if (bytes.length > MAX_PACKED || !this.#buckets.of(from).tryTake()) return;
    const text = await promisify(gunzip)(bytes, { maxOutputLength: MAX_TEXT });
    const read = readEvidence(text);
    if ('evidence' in read) await this.#options.bans.hear(read.evidence);
  }
}
