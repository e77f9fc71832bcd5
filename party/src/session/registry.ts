/**
 * The sessions that run at this party, and which shares they use. A session names its epoch, and old shares are erased only when no
 * session uses them any more.
 */
export interface RunningSession {
  /** The name of the run on the wire. */
  readonly name: string;
  readonly protocol: string;
  /** The key it uses shares of; undefined for one that is being made. */
  readonly keyId: string | undefined;
  /** The epoch of the shares it uses. */
  readonly epoch: number;
}

export class SessionRegistry {
  readonly #running = new Set<RunningSession>();
  #draining = false;
  #idle = Promise.withResolvers<void>();

  get count(): number {
    return this.#running.size;
  }

  /** Whether new sessions are taken. */
  get open(): boolean {
    return !this.#draining;
  }

  /** Whether a session runs that uses shares of the key of an epoch below `below`. */
  usesBelow(keyId: string, below: number): boolean {
    return [...this.#running].some(s => s.keyId === keyId && s.epoch < below);
  }

  /** @throws Draining when no new sessions are taken */
  async during<T>(session: RunningSession, run: () => Promise<T>): Promise<T> {
    if (this.#draining) throw new Draining();
    this.#running.add(session);
    try {
      return await run();
    } finally {
      this.#running.delete(session);
      if (this.#running.size === 0) this.#idle.resolve();
    }
  }

  /** Takes no new sessions from now on; resolves when the running ones have ended. */
  async drain(): Promise<void> {
    this.#draining = true;
    if (this.#running.size === 0) this.#idle.resolve();
    await this.#idle.promise;
  }
}

/** This party is about to stop. */
export class Draining extends Error {
  override readonly name = 'Draining';
  constructor() {
    super('this party is shutting down and takes no new sessions');
  }
}
