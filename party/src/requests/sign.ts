/** One session for one request: the same for its leader and for those it has invited. */
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
import { jobOf, type Signing, type SigningSessionOptions } from './signing.ts';
import type { Signature } from './status.ts';

/** What a session gives, and under what it verifies. */
type Made = { readonly signature: Uint8Array; readonly publicKey: Uint8Array } & Partial<EcdsaResult>;

/**
 * Signs with the other signers, and records the signature before anybody learns of it from this party.
 * @throws Timeout, ContextMismatch, Misbehaviour; HsmUnavailable, HsmRefused; Unfit, Draining
 */
export async function signTogether(options: SigningSessionOptions, s: Signing): Promise<Signature> {
  const { store } = options;
  const { signature, publicKey, ecdsa } = await make(options, s);
  const recorded = {
    ...{ signature: bytesToHex(signature), publicKey: bytesToHex(publicKey) },
    ...{ keyId: s.keyId, epoch: s.epoch, signers: [...s.signers] },
    ...(ecdsa && { ecdsa }),
  };
  await store.append([{ type: 'Signed', request: s.request, ...recorded }]);
  // of two sessions for one request the one that was recorded first counts
  return (await signatureOf(options, s.request)) ?? recorded;
}

async function make(options: SigningSessionOptions, s: Signing): Promise<Made> {
  const { keyring, presignatures } = options;
  const key = keyring.byId(s.keyId)?.state;
  if (key === undefined) throw new RangeError(`this party holds no key ${s.keyId}`);
  const { purpose } = key.spec;
  if (purpose === 'ecdsa' && s.ecdsa?.presignature !== undefined) {
    const presignature = presignatures.take(s.ecdsa.presignature);
    return await signWithPresignature(options, s, presignature, parent => signingKey(keyring, s, parent));
  }
  const share = await shareOf(keyring, s);
  using _ = share.secret;
  await s.ready?.();
  if (purpose === 'ecdsa') return await signWithAuxiliary(options, s, share);
  return await signWithFrost(options, s, purpose, share);
}

async function signWithFrost(
  { host }: SigningSessionOptions,
  s: Signing,
  purpose: FrostPurpose,
  share: KeyShare,
): Promise<Made> {
  const { message } = s.asked;
  const protocol = frost(purpose);
  const job = jobOf(s, protocol.agreement(share.sharing, message), [{ keyId: s.keyId, epoch: s.epoch }]);
  const { result } = await host.run(job, protocol.messages, party => protocol.sign(party, share, message));
  const { publicKey } = publicKeys(purpose, share.sharing.curve, groupKey(share.sharing));
  return { signature: result, publicKey };
}

/** This party's share of the key, or of the child that the request names; the caller wipes it. */
async function shareOf(keyring: SigningSessionOptions['keyring'], s: Signing): Promise<KeyShare> {
  const share = await keyring.share(s.keyId, s.epoch);
  if (s.asked.path.length === 0) return share;
  using _ = share.secret;
  const { tweak } = await signingKey(keyring, s, { curve: share.sharing.curve, point: groupKey(share.sharing) });
  return derivedShare(share, tweak.offset);
}

/** The key that signs, and what was added to the shared one. */
async function signingKey(
  keyring: SigningSessionOptions['keyring'],
  { keyId, asked: { path } }: Signing,
  { curve, point }: { readonly curve: KeyShare['sharing']['curve']; readonly point: Point },
): Promise<SigningKey> {
  if (path.length === 0) return untweaked(curves[curve], point);
  using chainCode = await keyring.chainCode(keyId);
  return derive(curve, point, chainCode.expose(), path).key;
}

/** The signature that this party has made for a request, if it has. */
export async function signatureOf(
  { keyring, store }: Pick<SigningSessionOptions, 'keyring' | 'store'>,
  request: string,
): Promise<Signature | undefined> {
  const recorded = await store.get(signatures, request);
  const key = recorded && keyring.byId(recorded.keyId)?.state;
  if (!recorded || !key) return undefined;
  const { publicKey, ecdsa, ...rest } = recorded;
  const shown = { ...rest, ...(ecdsa && { ecdsa }) };
  if (publicKey !== undefined) return { ...shown, publicKey };
  // an early version did not record it, and knew no children
  const sharing = keyring.sharing(key.keyId, key.active);
  return (
    sharing && {
      ...shown,
      publicKey: bytesToHex(publicKeys(key.spec.purpose, sharing.curve, groupKey(sharing)).publicKey),
    }
  );
}
