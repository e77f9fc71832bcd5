import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type Hsm, HsmRefused, type Sealed } from '../hsm/hsm.ts';
import { Secret } from '../protocol/secret.ts';
import { encodeUnambiguously } from '../protocol/session/transcript.ts';
import type { PartyEvent } from '../store/events.ts';
import type { LogEntry } from '../store/projection.ts';
import { SELF, self } from '../store/projections.ts';
import { associatedData, type SecretName } from '../store/secret-name.ts';
import type { Store } from '../store/store.ts';
import { planStart } from './generations.ts';
import { rotateSealingKey } from './rotate-sealing-key.ts';

export interface SecretChanges {
  /** The caller keeps the secrets, and wipes them. */
  readonly put?: readonly { readonly name: SecretName; readonly secret: Secret<Uint8Array> }[];
  readonly remove?: readonly SecretName[];
}

/** Which secrets to remove for good, and the events to record once they are gone. */
interface Erasure {
  readonly which: (name: SecretName) => boolean;
  readonly record: (generation: number) => readonly PartyEvent[];
  resolve(): void;
  reject(error: unknown): void;
}

export type Health =
  | { readonly healthy: true; readonly generation: number; readonly seconds: number }
  | { readonly healthy: false; readonly generation: number; readonly reason: string };

/**
 * The secrets of a party: sealed by its HSM, kept by its store, erased by destroying the key that sealed them.
 *
 * Sealing keys come in generations. There is one generation, except while secrets move from generation g to g + 1
 * (rotate-sealing-key.ts). A crash leaves two generations, and the next start moves on to the newer one before anything
 * else. So there is never a third generation.
 *
 * @throws HsmUnavailable from every method while the HSM is away; nothing is lost, and the caller should try again
 */
export class Sealing {
  readonly #hsm: Hsm;
  readonly #store: Store;
  #generation = 0;
  /** Settles with the last write or move that was called: writes and moves happen one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #erasures: Erasure[] = [];

  private constructor(hsm: Hsm, store: Store) {
    this.#hsm = hsm;
    this.#store = store;
  }

  /**
   * Makes the first sealing key, or finishes what a crash interrupted.
   * @throws SealingKeyMissing if the token does not hold the key that the store's secrets are sealed under
   */
  static async open(hsm: Hsm, store: Store): Promise<Sealing> {
    const sealing = new Sealing(hsm, store);
    await sealing.#settle();
    return sealing;
  }

  /** The generation of the sealing key in use. */
  get generation(): number {
    return this.#generation;
  }

  /** Checks that the party can use its secrets: a round trip in the HSM under the sealing key in use. Never throws. */
  async health(): Promise<Health> {
    const generation = this.#generation;
    const begin = performance.now();
    try {
      const aad = encodeUnambiguously(['mpc/v1/health', randomBytes(16)]);
      using probe = new Secret(randomBytes(32));
      using opened = await this.#hsm.open(await this.#hsm.seal(generation, probe, aad), aad);
      if (!timingSafeEqual(probe.expose(), opened.expose()))
        throw new Error('the HSM gave back other bytes than it sealed');
      return { healthy: true, generation, seconds: (performance.now() - begin) / 1000 };
    } catch (error) {
      // everything has moved to the next generation meanwhile
      if (error instanceof HsmRefused && this.#generation !== generation) return await this.health();
      return { healthy: false, generation, reason: error instanceof Error ? error.message : 'unknown error' };
    }
  }

  /**
   * Appends events and changes secrets, all in one transaction. A removed secret is gone from the store, but a copy of
   * the volume can still be opened: only `erase` is final.
   */
  write(events: readonly PartyEvent[], { put = [], remove = [] }: SecretChanges): Promise<LogEntry[]> {
    return this.#inTurn(async () => {
      const sealed: { name: SecretName; sealed: Sealed }[] = [];
      for (const { name, secret } of put)
        sealed.push({ name, sealed: await this.#seal(this.#generation, name, secret) });
      return await this.#store.append(events, { put: sealed, remove });
    });
  }

  /** Returns a secret, for the caller to wipe; undefined if there is none of that name. */
  async read(name: SecretName): Promise<Secret<Uint8Array> | undefined> {
    const sealed = await this.#store.sealed(name);
    if (!sealed) return undefined;
    try {
      return await this.#open(name, sealed);
    } catch (error) {
      // the secret may have moved to the next generation since it was read
      const now = await this.#store.sealed(name);
      if (!(error instanceof HsmRefused) || !now || now.generation === sealed.generation) throw error;
      return await this.#open(name, now);
    }
  }

  /**
   * Removes for good the secrets that `which` selects when the turn of this erasure comes. When the promise resolves,
   * every key that ever sealed these secrets is destroyed, and the log holds the events that `record` makes of the
   * generation under which everything else is sealed now. Erasures that wait for their turn share one move.
   */
  erase(which: (name: SecretName) => boolean, record: (generation: number) => readonly PartyEvent[]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#erasures.push({ which, record, resolve, reject });
    if (this.#erasures.length === 1) void this.#inTurn(() => this.#eraseAll());
    return promise;
  }

  /** Carries out all erasures that were asked for, together. */
  async #eraseAll(): Promise<void> {
    const erasures = this.#erasures;
    this.#erasures = [];
    try {
      await this.#settle();
      const sealed = (await this.#store.sealedNames()).map(({ name }) => name);
      await this.#store.append([], { remove: sealed.filter(name => erasures.some(({ which }) => which(name))) });
      const next = this.#generation + 1;
      await this.#hsm.createGeneration(next);
      await this.#moveTo(next);
      await this.#store.append(erasures.flatMap(({ record }) => record(next)));
      for (const { resolve } of erasures) resolve();
    } catch (error) {
      for (const { reject } of erasures) reject(error);
    }
  }

  /** Brings the party to one generation of sealing keys, from wherever a crash left it. */
  async #settle(): Promise<void> {
    const recorded = (await this.#store.get(self, SELF))?.generation ?? 0;
    const sealed = await this.#store.sealedNames();
    const plan = planStart(
      await this.#hsm.generations(),
      sealed.map(({ generation }) => generation),
      recorded,
    );
    if (plan.create) await this.#hsm.createGeneration(plan.generation);
    if (plan.move) await this.#moveTo(plan.generation);
    this.#generation = plan.generation;
  }

  async #moveTo(target: number): Promise<void> {
    await rotateSealingKey({
      ...{ hsm: this.#hsm, store: this.#store, target },
      read: name => this.read(name),
      committed: () => {
        this.#generation = target;
      },
    });
  }

  #seal(generation: number, name: SecretName, secret: Secret<Uint8Array>): Promise<Sealed> {
    return this.#hsm.seal(generation, secret, associatedData(this.#store.owner, name));
  }

  #open(name: SecretName, sealed: Sealed): Promise<Secret<Uint8Array>> {
    return this.#hsm.open(sealed, associatedData(this.#store.owner, name));
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#last.then(action);
    this.#last = done.catch(() => {});
    return done;
  }
}
