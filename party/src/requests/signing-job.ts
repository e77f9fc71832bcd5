/** The job of one session for a request, whichever protocol signs. */
import type { SessionHost } from '../host/session-host.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Presignatures } from '../presignatures/presignatures.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Use } from '../protocol/session/registry.ts';
import type { SigningAgreement } from '../protocol/signing/protocol.ts';
import type { Store } from '../store/store.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';
import type { RequestedData } from './requested-data.ts';

export interface SigningDeps {
  readonly keyring: Pick<Keyring, 'byId' | 'share' | 'sharing' | 'chainCode' | 'auxiliary'>;
  readonly store: Pick<Store, 'append' | 'get'>;
  readonly host: Pick<SessionHost, 'run'>;
  readonly ecdsaHost: Pick<SessionHost, 'conduct'>;
  readonly workers: Pick<WorkerPool, 'run'>;
  readonly presignatures: Pick<Presignatures, 'take'>;
}

export interface SigningJob {
  /** The name of the session. */
  readonly session: string;
  /** The uid of the SignRequest. */
  readonly request: string;
  readonly keyId: string;
  readonly epoch: number;
  readonly signers: readonly PartyId[];
  /** The data that this party itself has read in the request. */
  readonly requested: RequestedData;
  /** For an ecdsa key: the generation of auxiliary information, and the id of the presignature to sign from, if any. */
  readonly ecdsa?: { readonly generation: number; readonly presignature?: string | undefined };
  /** The timeout of the session in milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** Called when this party has its share at hand and could begin. */
  readonly ready?: () => Promise<void>;
}

/** The session of a signing job: what its protocol agrees on, with what every session for a request has. */
export const sessionOf = (job: SigningJob, { extras, ...agreed }: SigningAgreement, uses: readonly Use[]) => ({
  parameters: {
    ...{ session: job.session, key: job.keyId, epoch: job.epoch, ...agreed },
    extras: { ...extras, request: job.request },
  },
  parties: job.signers,
  uses,
  timeout: job.timeout,
  signal: job.signal,
});
