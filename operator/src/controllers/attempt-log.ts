import type { ObjectKey } from '@mpc-operator/runtime/object';
import { formatKey } from '@mpc-operator/runtime/object';
import { credible } from '../parties/attempt-numbers.ts';
import { failedAttempt } from '../parties/failed-attempt.ts';
import { type Numbered, runningAttempt } from '../parties/running-attempt.ts';
import { type Attempts, NO_ATTEMPTS } from './attempts.ts';

/** Milliseconds within which parties show that they have begun an attempt that they accepted. */
const SHOWN_WITHIN = 10_000;
/** Milliseconds before the attempt after the first failure; doubled with each further failure, up to the limit. */
const BACKOFF = 5_000;
const BACKOFF_LIMIT = 300_000;

/**
 * Milliseconds after which an attempt is given up that some parties have acknowledged and no party prepares any more:
 * such an attempt is certified at once or never.
 */
const ACKNOWLEDGED_WITHIN = 10_000;

interface Entry extends Attempts {
  /** The attempt that some, but not all, parties have acknowledged, and the time at which that was first seen. */
  readonly waiting?: { readonly number: number; readonly since: number };
}

/**
 * The attempts that this process commanded, by the object that they are for. They are lost at a restart: the next
 * attempt then comes a little early.
 */
export class AttemptLog {
  readonly #entries = new Map<string, Entry>();

  get(key: ObjectKey): Attempts {
    return this.#entry(key);
  }

  /**
   * Records that the parties were asked to begin this attempt. If its number is not above all before, the numbers begin
   * anew: what is known of earlier attempts of these numbers says nothing of this one.
   */
  commanded(key: ObjectKey, number: number, now: number): void {
    const anew = number <= this.#entry(key).number ? { failed: 0, putOff: 0 } : {};
    this.#set(key, { ...anew, number, shownBy: now + SHOWN_WITHIN });
  }

  /**
   * Records what the parties report of their attempts.
   * @param agreed see SeenNumbers
   */
  observe(key: ObjectKey, shown: readonly Numbered[], agreed: number, now: number): void {
    const reports = credible(shown, agreed, this.#entry(key).number);
    const failed = failedAttempt(reports);
    if (failed !== undefined) this.failed(key, failed.number, failed.message ?? 'the attempt failed', now);
    const running = runningAttempt(reports);
    if (running?.phase === 'Acknowledged') this.acknowledged(key, running.number, now);
  }

  /** Records that the attempt failed. A failure is counted once, however often it is reported. */
  failed(key: ObjectKey, number: number, message: string, now: number): void {
    const { failures, failed } = this.#entry(key);
    if (number <= failed) return;
    const delay = Math.min(BACKOFF * 2 ** failures, BACKOFF_LIMIT);
    this.#set(key, { failed: number, failures: failures + 1, notBefore: now + delay, shownBy: 0, message });
  }

  /** Records that a party cannot begin the attempt yet: that is no failure, and the pause does not grow. */
  putOff(key: ObjectKey, number: number, message: string, now: number): void {
    const failed = Math.max(number, this.#entry(key).failed);
    this.#set(key, { failed, putOff: number, notBefore: now + BACKOFF, shownBy: 0, message });
  }

  /** Records that some parties have acknowledged the attempt. If the others never do, the attempt has failed. */
  acknowledged(key: ObjectKey, number: number, now: number): void {
    const { waiting } = this.#entry(key);
    if (waiting?.number !== number) this.#set(key, { waiting: { number, since: now } });
    else if (now - waiting.since >= ACKNOWLEDGED_WITHIN) {
      this.failed(key, number, `attempt ${number} was not acknowledged by all parties in time`, now);
    }
  }

  /**
   * Records that nothing is left to attempt. The numbers are kept: parties go on to report attempts that came to
   * nothing.
   */
  succeeded(key: ObjectKey): void {
    const entry = this.#entries.get(formatKey(key));
    if (entry === undefined) return;
    const { number, failed, putOff, waiting } = entry;
    this.#entries.set(formatKey(key), { ...NO_ATTEMPTS, number, failed, putOff, ...(waiting && { waiting }) });
  }

  forget(key: ObjectKey): void {
    this.#entries.delete(formatKey(key));
  }

  #entry(key: ObjectKey): Entry {
    return this.#entries.get(formatKey(key)) ?? NO_ATTEMPTS;
  }

  #set(key: ObjectKey, change: Partial<Entry>): void {
    this.#entries.set(formatKey(key), { ...this.#entry(key), ...change });
  }
}
