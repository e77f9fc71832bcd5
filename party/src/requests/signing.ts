/** What a session for a request is about, whichever protocol signs. */
import type { SessionHost } from '../host/session-host.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Presignatures } from '../presignatures/presignatures.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Use } from '../protocol/session/registry.ts';
import type { SigningAgreement } from '../protocol/signing/protocol.ts';
import type { Store } from '../store/store.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';
import type { Asked } from './requested-data.ts';

export interface SigningSessionOptions {
  readonly keyring: Pick<Keyring, 'byId' | 'share' | 'sharing' | 'chainCode' | 'auxiliary'>;
  readonly store: Pick<Store, 'append' | 'get'>;
  readonly host: Pick<SessionHost, 'run'>;
  readonly ecdsaHost: Pick<SessionHost, 'conduct'>;
  readonly workers: Pick<WorkerPool, 'run'>;
  readonly presignatures: Pick<Presignatures, 'take'>;
}

export interface Signing {
  /** The name of the session. */
  readonly session: string;
  /** The uid of the SignRequest. */
  readonly request: string;
  readonly keyId: string;
  readonly epoch: number;
  readonly signers: readonly PartyId[];
  /** What this party itself has read in the request. */
  readonly asked: Asked;
  /** Of an ecdsa key: the generation of auxiliary information, and the presignature to sign from, if from one. */
  readonly ecdsa?: { readonly generation: number; readonly presignature?: string };
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  /** Called when this party has its share at hand and could begin. */
  readonly ready?: () => Promise<void>;
}

/** A session for a request: what its protocol wants, with what every session has. */
export const jobOf = (s: Signing, { extras, ...agreed }: SigningAgreement, uses: readonly Use[]) => ({
  parameters: {
    ...{ session: s.session, key: s.keyId, epoch: s.epoch, ...agreed },
    extras: { ...extras, request: s.request },
  },
  parties: s.signers,
  uses,
  timeout: s.timeout,
  ...(s.signal && { signal: s.signal }),
});
