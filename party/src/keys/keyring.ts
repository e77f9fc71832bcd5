/**
 * The keys of this party, and its auxiliary information: what its log says of their epochs, what other parties have
 * said since, and the sealed shares of this party. Every change of a key is recorded here before anything acts on it.
 */

import { admit } from '../epochs/admit.ts';
import { auxiliaryId } from '../epochs/auxiliary-id.ts';
import { type Board, boardOf, merge, type Verify } from '../epochs/board.ts';
import { apply, EPOCH_EVENT_TYPES, type EpochEvent, isEpochEvent, keyIdOf } from '../epochs/events.ts';
import { type AuxiliaryState, type EpochState, isKey, type KeyState } from '../epochs/key-state.ts';
import { curves } from '../protocol/curve/curve.ts';
import type { Secret } from '../protocol/secret.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { type KeyShare, keyShare, type Sharing } from '../protocol/sharing/sharing.ts';
import type { Sealing, SecretChanges } from '../sealing/sealing.ts';
import type { LogEntry } from '../store/projection.ts';
import type { Store } from '../store/store.ts';
import { sharingOf } from './proposed-sharing.ts';

/** This party once knew more than it knows now: its store was set back, and it must not take part in anything. */
export class StoreSetBack extends Error {
  override readonly name = 'StoreSetBack';
}

/** The state of a key, or of auxiliary information, and what else the log says of it. */
export interface Held<S extends EpochState = EpochState> {
  readonly state: S;
  /** The time at which the last epoch became final. */
  readonly finalTime: Date | undefined;
}

export type HeldKey = Held<KeyState>;

const isHeldKey = (held: Held): held is HeldKey => isKey(held.state);
const isAuxiliary = (held: Held): held is Held<AuxiliaryState> => !isKey(held.state);

export interface KeyringOptions {
  readonly me: PartyId;
  readonly store: Store;
  readonly sealing: Sealing;
  readonly verify: Verify;
}

export class Keyring {
  readonly #options: KeyringOptions;
  readonly #held = new Map<string, Held>();
  /** Public sharings by key and epoch, kept because decoding points is slow. */
  readonly #sharings = new Map<string, ReadonlyMap<number, Sharing>>();
  readonly #listeners = new Set<(id: string, name: string | undefined) => void>();

  private constructor(options: KeyringOptions) {
    this.#options = options;
  }

  /** Reads what the log says of keys, and follows the log from there. */
  static async open(options: KeyringOptions): Promise<Keyring> {
    const keyring = new Keyring(options);
    for await (const entry of options.store.entries(0, EPOCH_EVENT_TYPES)) keyring.#take(entry);
    options.store.onAppend(entry => keyring.#take(entry));
    options.store.onlyIf(events => keyring.#admit(events.filter(isEpochEvent)));
    return keyring;
  }

  all(): readonly HeldKey[] {
    return [...this.#held.values()].filter(isHeldKey);
  }

  byId(keyId: string): HeldKey | undefined {
    const held = this.#held.get(keyId);
    return held && isHeldKey(held) ? held : undefined;
  }

  /** The auxiliary information, once this party has acknowledged any. */
  auxiliary(): Held<AuxiliaryState> | undefined {
    const held = this.#held.get(auxiliaryId(this.#options.store.owner));
    return held && isAuxiliary(held) ? held : undefined;
  }

  /** The key, or the auxiliary information, of this id. */
  epochs(id: string): Held | undefined {
    return this.#held.get(id);
  }

  /** The ids of all keys, and of the auxiliary information. */
  ids(): readonly string[] {
    return [...this.#held.keys()];
  }

  /** The keys of a name: more than one only while a key is made again after a first attempt that came to nothing. */
  byName(name: string): readonly HeldKey[] {
    return this.all().filter(({ state }) => state.spec.name === name);
  }

  /** The key of this name that signs: its first epoch has become final. */
  serving(name: string): KeyState | undefined {
    return this.byName(name).find(({ state }) => state.final > 0)?.state;
  }

  /**
   * Calls `listener` with the id of the key or auxiliary information that has changed, and with the name if it is a
   * key.
   */
  onChange(listener: (id: string, name: string | undefined) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Records events, with the secrets that go with them, in one transaction. The events hold when the promise resolves.
   * @throws EventRefused, RangeError, KeyNotHeld for an event that may not follow what is recorded when its turn comes
   */
  async record(events: readonly EpochEvent[], secrets: SecretChanges = {}): Promise<void> {
    await this.#options.sealing.write(events, secrets);
  }

  /** Erases this party's secrets of epochs below `below`, in the HSM too, and records its statement of that. */
  async erase(keyId: string, below: number, signature: string): Promise<void> {
    const { sealing } = this.#options;
    const events = (generation: number): EpochEvent[] => [
      { type: 'SharesErased', keyId, below, generation, signature },
    ];
    const replaces = this.#held.get(keyId)?.state.attempts.get(below)?.proposal.base;
    // The first epoch of a key replaces no other: nothing is to be erased. For later epochs, a store without old
    // secrets does not prove that the HSM has destroyed the key that sealed them.
    if (replaces === 0) await this.record(events(sealing.generation));
    else await sealing.erase(n => 'epoch' in n && n.keyId === keyId && n.epoch < below, events);
  }

  /** Destroys all that this party holds of a key. */
  async destroy(keyId: string): Promise<void> {
    const { sealing } = this.#options;
    await sealing.erase(
      n => 'keyId' in n && n.keyId === keyId,
      () => [{ type: 'KeyDestroyed', keyId }],
    );
  }

  /** The board of a key that this party shows to the others. */
  board(keyId: string): Board | undefined {
    const key = this.#held.get(keyId);
    return key && boardOf(key.state);
  }

  /**
   * Takes over what is new in the board of another party.
   * @returns the number of statements that were left out because they are not rightly signed
   * @throws StoreSetBack
   */
  merge(board: Board): number {
    const key = this.#held.get(board.keyId);
    if (key === undefined) return 0;
    const merged = merge(key.state, board, this.#options.verify);
    if (merged.behind) {
      throw new StoreSetBack(
        `a certificate of key ${board.keyId} has this party's signature on an epoch that its log does not know`,
      );
    }
    if (merged.key !== key.state) {
      this.#held.set(board.keyId, { ...key, state: merged.key });
      this.#tell(board.keyId, merged.key);
    }
    return merged.rejected;
  }

  /**
   * This party's share of a key in an epoch; the caller wipes it.
   * @throws HsmUnavailable, HsmRefused
   * @throws RangeError if there is none
   */
  async share(keyId: string, epoch: number): Promise<KeyShare> {
    const { me, sealing } = this.#options;
    const sharing = this.sharing(keyId, epoch);
    using opened = await sealing.read({ kind: 'sharing', keyId, epoch });
    if (opened === undefined || sharing === undefined)
      throw new RangeError(`no share of key ${keyId} in epoch ${epoch}`);
    return keyShare(sharing, me, curves[sharing.curve].decodeScalar(opened.expose()));
  }

  /**
   * The chain code of a key; the caller wipes it.
   * @throws HsmUnavailable, HsmRefused
   * @throws RangeError if there is none
   */
  async chainCode(keyId: string): Promise<Secret<Uint8Array>> {
    const opened = await this.#options.sealing.read({ kind: 'chainCode', keyId });
    if (opened === undefined) throw new RangeError(`no chain code of key ${keyId}`);
    return opened;
  }

  /** The public sharing of a key in an epoch that this party has acknowledged. */
  sharing(keyId: string, epoch: number): Sharing | undefined {
    const known = this.#sharings.get(keyId);
    const attempts = this.byId(keyId)?.state.attempts;
    const attempt = attempts?.get(epoch);
    if (attempts === undefined || attempt === undefined) return undefined;
    const sharing = known?.get(epoch) ?? sharingOf(attempt.proposal);
    const kept = [...(known ?? [])].filter(([number]) => attempts.has(number));
    this.#sharings.set(keyId, new Map([...kept, [epoch, sharing]]));
    return sharing;
  }

  /** Asks of events about keys that are about to be appended whether they may follow what is held. */
  #admit(events: readonly EpochEvent[]): void {
    if (events.length === 0) return;
    const held = new Map([...this.#held].map(([id, { state }]) => [id, state]));
    events.reduce<ReadonlyMap<string, EpochState>>((keys, event) => admit(this.#options.me, keys, event), held);
  }

  #take({ event, time }: LogEntry): void {
    if (!isEpochEvent(event)) return;
    const keyId = keyIdOf(event);
    const before = this.#held.get(keyId);
    const states = new Map<string, EpochState>(before && [[keyId, before.state]]);
    const state = apply(this.#options.me, states, event).get(keyId);
    const finalTime = event.type === 'EpochFinal' ? time : before?.finalTime;
    if (state === undefined) {
      this.#held.delete(keyId);
      this.#sharings.delete(keyId);
    } else this.#held.set(keyId, { state, finalTime });
    const changed = state ?? before?.state;
    if (changed !== undefined) this.#tell(keyId, changed);
  }

  #tell(id: string, state: EpochState): void {
    const name = isKey(state) ? state.spec.name : undefined;
    for (const listener of this.#listeners) listener(id, name);
  }
}
