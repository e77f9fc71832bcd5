/**
 * The sessions that run at this party, and which shares they use. A session names its epoch, and old shares are erased only when no
 * session uses them any more.
 */
import { ContextMismatch } from './errors.ts';

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
  /** By key, the epoch below which no new session may use shares. */
  readonly #retired = new Map<string, number>();
  #draining = false;
  #idle = Promise.withResolvers<void>();

  get count(): number {
    return this.#running.size;
  }

  /** Whether new sessions are taken. */
  get open(): boolean {
    return !this.#draining;
  }

  /**
   * Takes no new session that uses shares of the key of an epoch below `below`.
   * @returns whether none runs any more, so that they can be erased
   */
  retire(keyId: string, below: number): boolean {
    this.#retired.set(keyId, below);
    return ![...this.#running].some(s => s.keyId === keyId && s.epoch < below);
  }

  /**
   * @throws Draining when no new sessions are taken
   * @throws ContextMismatch for shares that are about to be erased
   */
  async during<T>(session: RunningSession, run: () => Promise<T>): Promise<T> {
    if (this.#draining) throw new Draining();
    const { keyId, epoch } = session;
    const below = keyId === undefined ? 0 : (this.#retired.get(keyId) ?? 0);
    if (epoch < below) throw new ContextMismatch(`epoch ${epoch} of key ${keyId} is replaced by epoch ${below}`);
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
