/** Safe primes for the next generation of auxiliary information: made ahead, kept sealed, and given out once. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SecurityLevel } from '@mpc-operator/crds/control';
import type { Logger } from '@mpc-operator/runtime/log';
import type { Secret } from '../protocol/secret.ts';
import type { Sealing } from '../sealing/sealing.ts';
import type { Store } from '../store/store.ts';

export interface PrimeStockOptions {
  readonly level: SecurityLevel;
  readonly sealing: Pick<Sealing, 'write' | 'read'>;
  /** The level of the primes that were made last. */
  readonly levelOfLast: () => Promise<SecurityLevel | undefined>;
  /** Makes the primes, which takes seconds to minutes. */
  readonly make: (level: SecurityLevel, signal: AbortSignal) => Promise<Secret<Uint8Array>>;
  readonly log: Logger;
  /** The stock has primes now, or has none any more. */
  readonly changed: () => void;
}

/** The milliseconds until the next try after a failure, such as one of the HSM. */
const RETRY = 5_000;
const NAME = { kind: 'primes' } as const;

export class PrimeStock {
  readonly #options: PrimeStockOptions;
  #ready = false;
  #wanted = Promise.withResolvers<void>();

  constructor(options: PrimeStockOptions) {
    this.#options = options;
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** Makes primes whenever there are none, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    const aborted = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
    while (!signal.aborted) {
      try {
        await this.#restock(signal);
        await Promise.race([this.#wanted.promise, aborted]);
      } catch (error) {
        if (signal.aborted) return;
        log.warn('safe primes could not be made', { error });
        await sleep(RETRY, undefined, { signal }).catch(() => {});
      }
    }
  }

  /**
   * Gives out the primes, which are gone from the store before any session sees them.
   * @throws Error if there are none
   */
  async take(attempt: number): Promise<Secret<Uint8Array>> {
    const { sealing } = this.#options;
    if (!this.#ready) throw new Error('safe primes are being made');
    this.#become(false);
    let primes: Secret<Uint8Array> | undefined;
    try {
      primes = await sealing.read(NAME);
      await sealing.write([{ type: 'SafePrimesUsed', attempt }], { remove: [NAME] });
    } catch (error) {
      primes?.[Symbol.dispose]();
      throw error;
    } finally {
      // also after a failure: the loop looks anew whether the primes are still there
      this.#wanted.resolve();
      this.#wanted = Promise.withResolvers();
    }
    if (primes === undefined) throw new Error('the safe primes are not in the store any more');
    return primes;
  }

  async #restock(signal: AbortSignal): Promise<void> {
    const { level, sealing, make, levelOfLast } = this.#options;
    using kept = await sealing.read(NAME);
    // primes of another level, which are left if the cluster was made anew, would be refused when it is too late
    if (kept === undefined || (await levelOfLast()) !== level) {
      using primes = await make(level, signal);
      await sealing.write([{ type: 'SafePrimesMade', level }], { put: [{ name: NAME, secret: primes }] });
    }
    this.#become(true);
  }

  #become(ready: boolean): void {
    if (ready === this.#ready) return;
    this.#ready = ready;
    this.#options.changed();
  }
}

/** The level of the primes that were made last, according to the log. */
export async function levelOfLastPrimes(store: Pick<Store, 'entries'>): Promise<SecurityLevel | undefined> {
  let level: SecurityLevel | undefined;
  for await (const { event } of store.entries(0, ['SafePrimesMade'])) level = event.level;
  return level;
}
