/**
 * Whether this party can take part in sessions, and why not: one place for the readiness probe, reports and sessions.
 */
import type { PartyReport } from '@mpc-operator/crds/control';
import type { Health } from './sealing/sealing.ts';

export class Readiness {
  readonly #listeners = new Set<() => void>();
  #unfit: string | undefined;
  #health: Health = { healthy: false, generation: 0, reason: 'not checked yet' };
  #connected = false;
  #draining = false;

  /** Calls `listener` whenever this party becomes ready or unready, or the state of the HSM changes. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Why this process must not take part in anything any more. The first reason stays for good. */
  set unfit(reason: string) {
    if (this.#unfit !== undefined) return;
    this.#unfit = reason;
    this.#changed();
  }

  get unfit(): string | undefined {
    return this.#unfit;
  }

  set health(health: Health) {
    const changed = health.healthy !== this.#health.healthy || health.generation !== this.#health.generation;
    this.#health = health;
    if (changed) this.#changed();
  }

  set connected(connected: boolean) {
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.#changed();
  }

  set draining(draining: boolean) {
    if (draining === this.#draining) return;
    this.#draining = draining;
    this.#changed();
  }

  get hsm(): PartyReport['hsm'] {
    const { healthy, generation } = this.#health;
    return { healthy, generation, ...(!this.#health.healthy && { message: this.#health.reason.slice(0, 1024) }) };
  }

  /**
   * Why this party takes no sessions; undefined: it takes them. A lost connection to NATS is no such reason: without it
   * no session reaches this party.
   */
  get reason(): string | undefined {
    if (this.#unfit !== undefined) return this.#unfit;
    if (this.#draining) return 'shutting down';
    return this.#health.healthy ? undefined : `HSM: ${this.#health.reason}`;
  }

  /** Why this party is not ready, in one sentence; undefined: it is ready. */
  get unreadiness(): string | undefined {
    return this.reason ?? (this.#connected ? undefined : 'not connected to NATS');
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
