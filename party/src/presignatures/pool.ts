/**
 * The presignatures of a party, in memory only. Each has one owner, which alone may lead with it, and is taken once.
 */
import type { SecurityLevel } from '@mpc-operator/crds/control';
import { presignaturesTotal } from '../metrics.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Presignature } from '../protocol/signing/cggmp24/presignature.ts';
import type { EcdsaCurve } from '../protocol/signing/ecdsa.ts';

/** What a presignature is bound to. */
export interface Binding {
  readonly keyId: string;
  readonly epoch: number;
  /** The generation of the auxiliary information that the presignature was made with. */
  readonly generation: number;
}

export interface Pooled extends Binding {
  /** The id of the session that made the presignature, in hex. */
  readonly id: string;
  readonly level: SecurityLevel;
  readonly curve: EcdsaCurve;
  readonly threshold: number;
  /** The signers of the presignature: exactly these parties, ascending. */
  readonly signers: readonly PartyId[];
  readonly owner: PartyId;
  readonly presignature: Presignature;
  /** The number of starts of each party when its session began. A party that is started anew forgets its part. */
  readonly starts?: ReadonlyMap<PartyId, number>;
}

/**
 * The most presignatures of one owner and key. If there are more, the owner has forgotten some, and the oldest are
 * wiped first.
 */
const MOST = 512;

export class PresignaturePool {
  readonly #byId = new Map<string, Pooled>();

  add(pooled: Pooled): void {
    const alike = [...this.#byId.values()].filter(p => p.owner === pooled.owner && p.keyId === pooled.keyId);
    for (const { id } of alike.slice(0, Math.max(0, alike.length + 1 - MOST))) this.#drop(id);
    this.#byId.set(pooled.id, pooled);
    presignaturesTotal.inc({ what: 'made' });
  }

  get(id: string): Pooled | undefined {
    return this.#byId.get(id);
  }

  /** The oldest presignature that `owner` may lead with and whose signers are all acceptable. */
  find(owner: PartyId, binding: Binding, acceptable: (signer: PartyId) => boolean): Pooled | undefined {
    return this.#of(owner, binding).find(({ signers }) => signers.every(acceptable));
  }

  /** The number of presignatures that `find` could give out, one after the other. */
  count(owner: PartyId, binding: Binding, acceptable: (signer: PartyId) => boolean): number {
    return this.#of(owner, binding).filter(({ signers }) => signers.every(acceptable)).length;
  }

  /** Gives a presignature out, and forgets it. */
  take(id: string): Pooled | undefined {
    const pooled = this.#byId.get(id);
    if (this.#byId.delete(id)) presignaturesTotal.inc({ what: 'used' });
    return pooled;
  }

  /**
   * Wipes the presignatures of a key that are bound to an earlier epoch or generation than `current`, or all if the key
   * is gone (undefined). Returns their number.
   */
  purge(keyId: string, current: Binding | undefined): number {
    const stale = [...this.#byId.values()].filter(p => p.keyId === keyId && (!current || isBefore(p, current)));
    for (const { id } of stale) this.#drop(id);
    return stale.length;
  }

  /**
   * Wipes the presignatures of which a signer has been started anew since. Returns the ids of their keys.
   * @param now the number of starts of each party that was heard of
   */
  wipeLost(now: ReadonlyMap<PartyId, number>): readonly string[] {
    const isLost = ({ signers, starts }: Pooled): boolean =>
      signers.some(signer => {
        const [before, present] = [starts?.get(signer), now.get(signer)];
        return before !== undefined && present !== undefined && before !== present;
      });
    const lost = [...this.#byId.values()].filter(isLost);
    for (const { id } of lost) this.#drop(id);
    return [...new Set(lost.map(({ keyId }) => keyId))];
  }

  /** The number of presignatures of an owner, for all keys together. */
  ownedBy(owner: PartyId): number {
    return [...this.#byId.values()].filter(pooled => pooled.owner === owner).length;
  }

  #of(owner: PartyId, binding: Binding): Pooled[] {
    return [...this.#byId.values()].filter(p => p.owner === owner && isBoundTo(p, binding));
  }

  #drop(id: string): void {
    this.#byId.get(id)?.presignature[Symbol.dispose]();
    if (this.#byId.delete(id)) presignaturesTotal.inc({ what: 'wiped' });
  }
}

/**
 * Whether a presignature is bound to an earlier epoch or generation. A later one comes from a peer that was the first
 * to activate that epoch or generation.
 */
export const isBefore = (p: Binding, { epoch, generation }: Binding): boolean =>
  p.epoch < epoch || p.generation < generation;

const isBoundTo = (p: Binding, { keyId, epoch, generation }: Binding): boolean =>
  p.keyId === keyId && p.epoch === epoch && p.generation === generation;
