/** Brings evidence to the other parties, each of which judges it by itself. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { TokenBuckets } from '@mpc-operator/runtime/token-bucket';
import { type EvidenceObject, readEvidence } from '../evidence/format.ts';
import type { Channel } from '../session/channel.ts';
import type { PartyId } from '../session/errors.ts';
import type { Bans } from './bans.ts';

export interface MessengerOptions {
  readonly bans: Bans;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly log: Logger;
}

/** NATS takes no more than 1 MB. */
const MAX_PACKED = 900_000;
const MAX_TEXT = 16 * 1024 * 1024;
/** Judging takes seconds of a thread: of one party so many at once, then one in so many seconds. */
const BURST = 4;
const EVERY = 30;

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
    options.bans.onBan(evidence => {
      this.#send(evidence).catch((error: unknown) => options.log.warn('evidence was not sent', { error }));
    });
  }

  async #send(evidence: EvidenceObject): Promise<void> {
    const { channel, log } = this.#options;
    const packed = await promisify(gzip)(JSON.stringify(evidence));
    if (packed.length > MAX_PACKED) log.warn('evidence that is too long to be sent', { bytes: packed.length });
    else await channel.send('all', packed);
  }

  async #receive(from: PartyId, bytes: Uint8Array): Promise<void> {
    if (bytes.length > MAX_PACKED || !this.#buckets.of(from).tryTake()) return;
    const text = await promisify(gunzip)(bytes, { maxOutputLength: MAX_TEXT });
    const read = readEvidence(text);
    if ('evidence' in read) await this.#options.bans.hear(read.evidence);
  }
}
