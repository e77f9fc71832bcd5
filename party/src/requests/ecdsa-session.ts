/** The sessions that make ECDSA signatures: interactive, in a thread of its own, or from a presignature, in two short rounds. */

import { agreedAuxiliary } from '../auxiliary/agreed.ts';
import { curves, type Point } from '../curve/curve.ts';
import type { Pooled } from '../presignatures/pool.ts';
import type { PartyId } from '../session/errors.ts';
import { groupKey, type KeyShare, sharingHash } from '../sharing/sharing.ts';
import { onlineMessages, signOnline } from '../signing/cggmp24/online.ts';
import { DataToSign, Prehashed } from '../signing/data-to-sign.ts';
import {
  compactForm,
  derForm,
  type EcdsaCurve,
  type EcdsaSignature,
  ecdsaCurve,
  parseCompact,
  verifyEcdsa,
} from '../signing/ecdsa.ts';
import type { SigningKey } from '../signing/signing-key.ts';
import { plainShare } from '../threads/plain-share.ts';
import { dataAsked } from './asked.ts';
import { jobOf, type Signing, type SigningSessionOptions } from './signing-session.ts';

/** A signature that has been verified. */
export interface EcdsaResult {
  /** Compact, of which s is low. */
  readonly signature: Uint8Array;
  /** Compressed. */
  readonly publicKey: Uint8Array;
  readonly ecdsa: { readonly digest: string; readonly der: string; readonly recoveryId: number };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** @param share of the key that signs, which may be a child */
export async function signWithAuxiliary(
  { keyring, host, computing }: SigningSessionOptions,
  s: Signing,
  share: KeyShare,
): Promise<EcdsaResult> {
  const { sharing } = share;
  const curve = ecdsaCurve(sharing.curve);
  const auxiliary = agreedAuxiliary(keyring, s.ecdsa?.generation ?? 0, s.signers);
  const asked = dataAsked(s.asked);
  const data = 'prehashed' in asked ? new Prehashed(asked.prehashed) : DataToSign.of(asked.message, asked.digest);
  const agreed = {
    protocol: 'cggmp24/sign/v1',
    suite: `ecdsa-${curve}-${auxiliary.level}/v1`,
    threshold: sharing.threshold,
    extras: {
      sharing: sharingHash(sharing),
      key: curves[curve].encodePoint(groupKey(sharing)),
      auxiliary: auxiliary.values,
      digest: data.digest,
      request: s.request,
    },
  };
  const job = jobOf(s, agreed, [{ keyId: s.keyId, epoch: s.epoch }, auxiliary.use]);
  const { generation, level } = auxiliary;
  const { result } = await host.conduct(job, options =>
    computing.run('interactive', { auxiliary: { generation, level }, share: plainShare(share), data: asked }, options),
  );
  const { r, s: low } = parseCompact(curve, result.signature);
  return verified(curve, groupKey(sharing), data.digest, { r, s: low, recoveryId: result.recoveryId });
}

/**
 * Gives the presignature up before anything else: what it was used for is on the disk first (attack list D1, D4).
 * @param keyFrom the key that signs, from the one that the presignature is for
 * @throws PresignatureUsed
 */
export async function signWithPresignature(
  { store, host }: SigningSessionOptions,
  s: Signing,
  pooled: Pooled,
  keyFrom: (parent: { readonly curve: EcdsaCurve; readonly point: Point }) => Promise<SigningKey>,
): Promise<EcdsaResult> {
  using presignature = pooled.presignature;
  const { curve, threshold, id } = pooled;
  const asked = dataAsked(s.asked);
  if ('prehashed' in asked) throw new RangeError('a digest of nobody knows what is never signed from a presignature');
  const data = DataToSign.of(asked.message, asked.digest);
  const key = await keyFrom({ curve, point: presignature.terms.key });
  const path = ['m', ...s.asked.path].join('/');
  const consumed = { presignature: id, request: s.request, digest: hex(data.digest), path };
  await store.append([{ type: 'PresignatureConsumed', ...consumed }]);
  await s.ready?.();
  const agreed = {
    protocol: 'cggmp24/online/v1',
    suite: `ecdsa-${curve}/v1`,
    threshold,
    extras: {
      presignature: id,
      key: curves[curve].encodePoint(key.point),
      digest: data.digest,
      path,
      request: s.request,
    },
  };
  const job = jobOf(s, agreed, [{ keyId: s.keyId, epoch: s.epoch }]);
  const { result } = await host.run(job, onlineMessages(curves[curve]), party =>
    signOnline(party, presignature, { curve, key, data }),
  );
  return verified(curve, key.point, data.digest, result);
}

/** Nothing is handed out that does not verify. */
function verified(curve: EcdsaCurve, key: Point, digest: Uint8Array, made: EcdsaSignature): EcdsaResult {
  const publicKey = curves[curve].encodePoint(key);
  const signature = compactForm(curve, made);
  if (!verifyEcdsa(curve, publicKey, digest, signature))
    throw new Error('the signature does not verify: it is not handed out');
  const { recoveryId } = made;
  return { signature, publicKey, ecdsa: { digest: hex(digest), der: hex(derForm(curve, made)), recoveryId } };
}

/** Whether these are the signers of a presignature, and `leader` is the one that may lead with it. */
export const fits = (pooled: Pooled, leader: PartyId, s: Pick<Signing, 'keyId' | 'epoch' | 'signers'>): boolean =>
  pooled.owner === leader &&
  pooled.keyId === s.keyId &&
  pooled.epoch === s.epoch &&
  pooled.signers.join() === s.signers.join();
