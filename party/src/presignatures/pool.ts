/** The presignatures of a party: in memory only, each with one owner that alone may lead with it, each taken once. */
import type { SecurityLevel } from '@mpc-operator/crds/control';
import { presignaturesTotal } from '../metrics.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Presignature } from '../protocol/signing/cggmp24/presignature.ts';
import type { EcdsaCurve } from '../protocol/signing/ecdsa.ts';

/** What a presignature is bound to. */
export interface Binding {
  readonly keyId: string;
  readonly epoch: number;
  /** Of the auxiliary information that it was made with. */
  readonly generation: number;
}

export interface Pooled extends Binding {
  /** Of the session that made it, in hex. */
  readonly id: string;
  readonly level: SecurityLevel;
  readonly curve: EcdsaCurve;
  readonly threshold: number;
  /** Exactly these, ascending. */
  readonly signers: readonly PartyId[];
  readonly owner: PartyId;
  readonly presignature: Presignature;
}

/** Of one owner and key: more are those of an owner that has forgotten them, and the oldest go first. */
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

  /** One that `owner` may lead with, all of whose signers are acceptable. The oldest first. */
  find(owner: PartyId, binding: Binding, acceptable: (signer: PartyId) => boolean): Pooled | undefined {
    return this.#of(owner, binding).find(({ signers }) => signers.every(acceptable));
  }

  /** How many `find` could give out, one after the other. */
  count(owner: PartyId, binding: Binding, acceptable: (signer: PartyId) => boolean): number {
    return this.#of(owner, binding).filter(({ signers }) => signers.every(acceptable)).length;
  }

  /** Gives it out, and knows nothing of it any more. */
  take(id: string): Pooled | undefined {
    const pooled = this.#byId.get(id);
    if (this.#byId.delete(id)) presignaturesTotal.inc({ what: 'used' });
    return pooled;
  }

  /** Wipes all that are of a key and bound to something before what it signs with now; undefined: the key is gone. */
  purge(keyId: string, current: Binding | undefined): number {
    const stale = [...this.#byId.values()].filter(p => p.keyId === keyId && (!current || isBefore(p, current)));
    for (const { id } of stale) this.#drop(id);
    return stale.length;
  }

  /** Of all keys. */
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

/** Whether it is of an earlier epoch or generation. A later one is of a peer that has activated it first. */
export const isBefore = (p: Binding, { epoch, generation }: Binding): boolean =>
  p.epoch < epoch || p.generation < generation;

const isBoundTo = (p: Binding, { keyId, epoch, generation }: Binding): boolean =>
  p.keyId === keyId && p.epoch === epoch && p.generation === generation;
