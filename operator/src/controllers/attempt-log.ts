import type { ObjectKey } from '@mpc-operator/runtime/object';
import { formatKey } from '@mpc-operator/runtime/object';
import { failedAttempt } from '../parties/failed-attempt.ts';
import { type Numbered, runningAttempt } from '../parties/running-attempt.ts';
import { type Attempts, NO_ATTEMPTS } from './attempts.ts';

/** Milliseconds that parties have to show that they have begun what they accepted. */
const SHOWN_WITHIN = 10_000;
/** Milliseconds before the attempt after the first failure; doubled with each, up to the limit. */
const BACKOFF = 5_000;
const BACKOFF_LIMIT = 300_000;

/** Milliseconds after which an attempt that some have acknowledged, and nobody prepares any more, is given up: it is certified at once or never. */
const ACKNOWLEDGED_WITHIN = 10_000;

interface Entry extends Attempts {
  /** The attempt that was first seen acknowledged, but not by all, at this time. */
  readonly waiting?: { readonly number: number; readonly since: number };
}

/** What this process remembers of the attempts it commanded, by the object they are for. Lost at a restart: then the next attempt comes a little early. */
export class AttemptLog {
  readonly #entries = new Map<string, Entry>();

  get(key: ObjectKey): Attempts {
    return this.#entry(key);
  }

  /** The parties were asked to begin this attempt. */
  commanded(key: ObjectKey, number: number, now: number): void {
    this.#set(key, { number, shownBy: now + SHOWN_WITHIN });
  }

  /** Takes note of what the parties show of their attempts. */
  observe(key: ObjectKey, reports: readonly Numbered[], now: number): void {
    const failed = failedAttempt(reports);
    if (failed !== undefined) this.failed(key, failed.number, failed.message ?? 'the attempt failed', now);
    const running = runningAttempt(reports);
    if (running?.phase === 'Acknowledged') this.acknowledged(key, running.number, now);
  }

  /** The attempt failed. Counted once, however often it is seen. */
  failed(key: ObjectKey, number: number, message: string, now: number): void {
    const { failures, failed } = this.#entry(key);
    if (number <= failed) return;
    const delay = Math.min(BACKOFF * 2 ** failures, BACKOFF_LIMIT);
    this.#set(key, { failed: number, failures: failures + 1, notBefore: now + delay, shownBy: 0, message });
  }

  /** A party cannot begin the attempt yet: that is no failure, and the pause does not grow. */
  putOff(key: ObjectKey, number: number, message: string, now: number): void {
    const failed = Math.max(number, this.#entry(key).failed);
    this.#set(key, { failed, putOff: number, notBefore: now + BACKOFF, shownBy: 0, message });
  }

  /** Some parties have acknowledged the attempt. If the others never do, it has failed. */
  acknowledged(key: ObjectKey, number: number, now: number): void {
    const { waiting } = this.#entry(key);
    if (waiting?.number !== number) this.#set(key, { waiting: { number, since: now } });
    else if (now - waiting.since >= ACKNOWLEDGED_WITHIN) {
      this.failed(key, number, `attempt ${number} was not acknowledged by all parties in time`, now);
    }
  }

  /** Nothing is left to attempt. What is known of numbers stays: parties go on to show what came to nothing. */
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
