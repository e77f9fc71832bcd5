/** Signs a request in one session: the same for the leader of the session and for the signers that it has invited. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { curves, type Point } from '../protocol/curve/curve.ts';
import { derivedShare } from '../protocol/sharing/derived.ts';
import { groupKey, type KeyShare } from '../protocol/sharing/sharing.ts';
import { frost } from '../protocol/signing/frost/frost.ts';
import { derive } from '../protocol/signing/hd.ts';
import { type FrostPurpose, publicKeys } from '../protocol/signing/scheme.ts';
import { type SigningKey, untweaked } from '../protocol/signing/signing-key.ts';
import { signatures } from '../store/projections.ts';
import { type EcdsaResult, signWithAuxiliary, signWithPresignature } from './sign-ecdsa.ts';
import { type SigningDeps, type SigningJob, sessionOf } from './signing-job.ts';
import type { Signature } from './status.ts';

/** The signature that a session has made, and the key that it verifies under. */
type Made = { readonly signature: Uint8Array; readonly publicKey: Uint8Array } & Partial<EcdsaResult>;

/**
 * Signs with the other signers, and records the signature before this party tells it to anybody.
 * @throws Timeout, ContextMismatch, Misbehaviour; HsmUnavailable, HsmRefused; Unfit, Draining
 */
export async function signTogether(options: SigningDeps, job: SigningJob): Promise<Signature> {
  const { store } = options;
  const { signature, publicKey, ecdsa } = await make(options, job);
  const recorded = {
    ...{ signature: bytesToHex(signature), publicKey: bytesToHex(publicKey) },
    ...{ keyId: job.keyId, epoch: job.epoch, signers: [...job.signers] },
    ...(ecdsa && { ecdsa }),
  };
  await store.append([{ type: 'Signed', request: job.request, ...recorded }]);
  // if two sessions signed one request, the signature that was recorded first counts
  return (await signatureOf(options, job.request)) ?? recorded;
}

async function make(options: SigningDeps, job: SigningJob): Promise<Made> {
  const { keyring, presignatures } = options;
  const key = keyring.byId(job.keyId)?.state;
  if (key === undefined) throw new RangeError(`this party holds no key ${job.keyId}`);
  const { purpose } = key.spec;
  if (purpose === 'ecdsa' && job.ecdsa?.presignature !== undefined) {
    const presignature = presignatures.take(job.ecdsa.presignature);
    return await signWithPresignature(options, job, presignature, parent => signingKey(keyring, job, parent));
  }
  const share = await shareOf(keyring, job);
  using _ = share.secret;
  await job.ready?.();
  if (purpose === 'ecdsa') return await signWithAuxiliary(options, job, share);
  return await signWithFrost(options, job, purpose, share);
}

async function signWithFrost(
  { host }: SigningDeps,
  job: SigningJob,
  purpose: FrostPurpose,
  share: KeyShare,
): Promise<Made> {
  const { message } = job.requested;
  const protocol = frost(purpose);
  const session = sessionOf(job, protocol.agreement(share.sharing, message), [{ keyId: job.keyId, epoch: job.epoch }]);
  const { result } = await host.run(session, protocol.messages, party => protocol.sign(party, share, message));
  const { publicKey } = publicKeys(purpose, share.sharing.curve, groupKey(share.sharing));
  return { signature: result, publicKey };
}

/** This party's share of the key, or of the child that the request names; the caller wipes the share. */
async function shareOf(keyring: SigningDeps['keyring'], job: SigningJob): Promise<KeyShare> {
  const share = await keyring.share(job.keyId, job.epoch);
  if (job.requested.path.length === 0) return share;
  using _ = share.secret;
  const { tweak } = await signingKey(keyring, job, { curve: share.sharing.curve, point: groupKey(share.sharing) });
  return derivedShare(share, tweak.offset);
}

/** The key that signs, and the tweak that leads to it from the shared key. */
async function signingKey(
  keyring: SigningDeps['keyring'],
  { keyId, requested: { path } }: SigningJob,
  { curve, point }: { readonly curve: KeyShare['sharing']['curve']; readonly point: Point },
): Promise<SigningKey> {
  if (path.length === 0) return untweaked(curves[curve], point);
  using chainCode = await keyring.chainCode(keyId);
  return derive(curve, point, chainCode.expose(), path).key;
}

/** The signature that this party has made for a request, if it has. */
export async function signatureOf(
  { keyring, store }: Pick<SigningDeps, 'keyring' | 'store'>,
  request: string,
): Promise<Signature | undefined> {
  const recorded = await store.get(signatures, request);
  const key = recorded && keyring.byId(recorded.keyId)?.state;
  if (!recorded || !key) return undefined;
  const { publicKey, ecdsa, ...rest } = recorded;
  const shown = { ...rest, ...(ecdsa && { ecdsa }) };
  if (publicKey !== undefined) return { ...shown, publicKey };
  // an early version of the party did not record the public key, and knew no children
  const sharing = keyring.sharing(key.keyId, key.active);
  return (
    sharing && {
      ...shown,
      publicKey: bytesToHex(publicKeys(key.spec.purpose, sharing.curve, groupKey(sharing)).publicKey),
    }
  );
}
