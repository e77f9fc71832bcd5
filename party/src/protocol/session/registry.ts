/**
 * The sessions that run at this party, and the secrets that they use. A session names its epoch; old shares are erased
 * only when no session uses them any more.
 */
import { ContextMismatch } from './errors.ts';

export interface RunningSession {
  /** The name of the run on the wire. */
  readonly name: string;
  readonly protocol: string;
  readonly uses: readonly Use[];
}

/** The secrets that a session uses: one epoch of a key or of auxiliary information. */
export interface Use {
  readonly keyId: string;
  readonly epoch: number;
}

export class SessionRegistry {
  readonly #running = new Set<RunningSession>();
  /** By key, the epoch below which no new session may use shares. */
  readonly #retired = new Map<string, number>();
  readonly #drains = new AbortController();
  readonly #idle = Promise.withResolvers<void>();

  get count(): number {
    return this.#running.size;
  }

  /** Whether a session runs for which `which` holds. */
  some(which: (session: RunningSession) => boolean): boolean {
    return [...this.#running].some(which);
  }

  /** Aborts when this party takes no new sessions any more: work that nobody waits for ends then, too. */
  get drains(): AbortSignal {
    return this.#drains.signal;
  }

  /**
   * Takes no new session that uses secrets of this key, or of this auxiliary information, of an epoch below `below`.
   * @returns whether no running session uses such secrets, so that they can be erased
   */
  retire(keyId: string, below: number): boolean {
    this.#retired.set(keyId, below);
    return ![...this.#running].some(({ uses }) => uses.some(use => use.keyId === keyId && use.epoch < below));
  }

  /**
   * Runs a session, which is registered until it ends.
   * @throws Draining if this party takes no new sessions
   * @throws ContextMismatch if the session uses shares that are about to be erased
   */
  async during<T>(session: RunningSession, run: () => Promise<T>): Promise<T> {
    if (this.drains.aborted) throw new Draining();
    for (const { keyId, epoch } of session.uses) {
      const below = this.#retired.get(keyId) ?? 0;
      if (epoch < below) throw new ContextMismatch(`epoch ${epoch} of ${keyId} is replaced by epoch ${below}`);
    }
    this.#running.add(session);
    try {
      return await run();
    } finally {
      this.#running.delete(session);
      if (this.drains.aborted && this.#running.size === 0) this.#idle.resolve();
    }
  }

  /** Takes no new sessions from now on. Resolves when the running sessions have ended. */
  async drain(): Promise<void> {
    this.#drains.abort(new Draining());
    if (this.#running.size > 0) await this.#idle.promise;
  }
}

/** The error with which a party that is about to stop refuses a session. */
export class Draining extends Error {
  override readonly name = 'Draining';
  constructor() {
    super('this party is shutting down and takes no new sessions');
  }
}
