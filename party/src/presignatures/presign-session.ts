/** One session that makes a presignature: the same for the owner and for the signers that it has invited. */
import { agreedAuxiliary } from '../auxiliary/agreed.ts';
import type { SessionHost } from '../host/session-host.ts';
import type { Keyring } from '../keys/keyring.ts';
import { curves } from '../protocol/curve/curve.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { groupKey } from '../protocol/sharing/sharing.ts';
import { offlineAgreement } from '../protocol/signing/cggmp24/agreement.ts';
import { ecdsaCurve } from '../protocol/signing/ecdsa.ts';
import { untweaked } from '../protocol/signing/signing-key.ts';
import { assemble } from '../threads/plain-presignature.ts';
import { plainShare } from '../threads/plain-share.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';
import type { PresignInvitation } from './invitation.ts';
import type { Pooled } from './pool.ts';

export interface PresignSessionOptions {
  readonly keyring: Keyring;
  readonly host: Pick<SessionHost, 'conduct'>;
  readonly workers: Pick<WorkerPool, 'run'>;
}

/**
 * The timeout in milliseconds. Nobody waits for the session, which stands back behind sessions that somebody waits for.
 */
const TIMEOUT = 120_000;

/** @throws what `SessionHost.conduct` throws; HsmUnavailable, HsmRefused */
export async function presignTogether(
  { keyring, host, workers }: PresignSessionOptions,
  { session, keyId, epoch, generation, signers }: PresignInvitation,
  owner: PartyId,
  { signal, ready }: { readonly signal: AbortSignal; readonly ready?: () => Promise<void> },
): Promise<Pooled> {
  const share = await keyring.share(keyId, epoch);
  using _ = share.secret;
  const { sharing } = share;
  const curve = ecdsaCurve(sharing.curve);
  const { level, values, use } = agreedAuxiliary(keyring, generation, signers);
  const key = untweaked(curves[curve], groupKey(sharing));
  const { extras, ...agreed } = offlineAgreement({ level, auxiliary: values, sharing, key });
  await ready?.();
  const job = {
    parameters: {
      ...{ session, key: keyId, epoch, ...agreed },
      extras: { ...extras, owner },
    },
    parties: signers,
    uses: [{ keyId, epoch }, use],
    timeout: TIMEOUT,
    signal,
  };
  const { result } = await host.conduct(job, options =>
    workers.run('presign', { auxiliary: { generation, level }, share: plainShare(share) }, options),
  );
  const id = Buffer.from(result.id).toString('hex');
  const { threshold } = sharing;
  const presignature = assemble(curve, result);
  return { id, keyId, epoch, generation, level, curve, threshold, signers, owner, presignature };
}
