/** The tasks of the threads that compute: sessions that exponentiate, with their inputs and outputs as plain data. */
import type { SecurityLevel } from '@mpc-operator/crds/control';
import type { CurveName } from '../protocol/curve/curve.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { PlainData } from '../protocol/signing/data-to-sign.ts';

/** A party's share of a key, or of a child of the key. */
export interface PlainShare {
  readonly curve: CurveName;
  readonly threshold: number;
  readonly parties: readonly PartyId[];
  readonly commitments: readonly Uint8Array[];
  readonly party: PartyId;
  /** The secret number of the share. The sender wipes its own copy. */
  readonly secret: Uint8Array;
}

/** A generation of auxiliary information. `record` is present only if the thread has not seen the generation yet. */
export interface PlainAuxiliary {
  readonly generation: number;
  readonly level: SecurityLevel;
  readonly record?: Uint8Array;
}

/** A signer's part of a presignature, on its way from the thread that made it. That thread keeps no copy. */
export interface PlainPresignature {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
  readonly signers: readonly PartyId[];
  readonly seedCommitments: ReadonlyMap<PartyId, Uint8Array>;
  readonly Gamma: Uint8Array;
  readonly k: Uint8Array;
  readonly chi: Uint8Array;
  readonly checks: ReadonlyMap<PartyId, { readonly Delta: Uint8Array; readonly S: Uint8Array }>;
  readonly seed: Uint8Array;
}

export interface Tasks {
  /** `record`: what the store keeps, sealed; `values`: the hash of the values that all parties have published. */
  readonly 'aux-info': {
    readonly input: { readonly level: SecurityLevel; readonly primes: Uint8Array };
    readonly output: { readonly record: Uint8Array; readonly values: Uint8Array };
  };
  /** `signature`: in compact form. */
  readonly interactive: {
    readonly input: { readonly auxiliary: PlainAuxiliary; readonly share: PlainShare; readonly data: PlainData };
    readonly output: { readonly signature: Uint8Array; readonly recoveryId: number };
  };
  readonly presign: {
    readonly input: { readonly auxiliary: PlainAuxiliary; readonly share: PlainShare };
    readonly output: PlainPresignature;
  };
}

export type Task = keyof Tasks;
export type Input<T extends Task> = Tasks[T]['input'];
export type Output<T extends Task> = Tasks[T]['output'];
