/** The sessions that make ECDSA signatures: interactive, in a thread of its own, or from a presignature, in two short rounds. */
import { bytesToHex } from '@noble/hashes/utils.js';
import { agreedAuxiliary } from '../auxiliary/agreed.ts';
import type { Pooled } from '../presignatures/pool.ts';
import { curves, type Point } from '../protocol/curve/curve.ts';
import { presignatureStatement } from '../protocol/evidence/statement.ts';
import { withEvidence } from '../protocol/evidence/with-evidence.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { runSession } from '../protocol/session/session.ts';
import { groupKey, type KeyShare } from '../protocol/sharing/sharing.ts';
import { interactiveAgreement, onlineAgreement } from '../protocol/signing/cggmp24/agreement.ts';
import { signOnline } from '../protocol/signing/cggmp24/online.ts';
import { onlineMessages } from '../protocol/signing/cggmp24/online-messages.ts';
import { DataToSign, dataOf } from '../protocol/signing/data-to-sign.ts';
import {
  compactForm,
  derForm,
  type EcdsaCurve,
  type EcdsaSignature,
  ecdsaCurve,
  parseCompact,
  verifyEcdsa,
} from '../protocol/signing/ecdsa.ts';
import { type SigningKey, untweaked } from '../protocol/signing/signing-key.ts';
import { plainShare } from '../threads/plain-share.ts';
import { dataAsked } from './requested-data.ts';
import { jobOf, type Signing, type SigningSessionOptions } from './signing.ts';

/** A signature that has been verified. */
export interface EcdsaResult {
  /** Compact, of which s is low. */
  readonly signature: Uint8Array;
  /** Compressed. */
  readonly publicKey: Uint8Array;
  readonly ecdsa: { readonly digest: string; readonly der: string; readonly recoveryId: number };
}

/** @param share of the key that signs, which may be a child */
export async function signWithAuxiliary(
  { keyring, ecdsaHost, workers }: SigningSessionOptions,
  s: Signing,
  share: KeyShare,
): Promise<EcdsaResult> {
  const { sharing } = share;
  const curve = ecdsaCurve(sharing.curve);
  const auxiliary = agreedAuxiliary(keyring, s.ecdsa?.generation ?? 0, s.signers);
  const asked = dataAsked(s.asked);
  const data = dataOf(asked);
  const { generation, level, values } = auxiliary;
  const key = untweaked(curves[curve], groupKey(sharing));
  const agreed = interactiveAgreement({ level, auxiliary: values, sharing, key }, data);
  const job = jobOf(s, agreed, [{ keyId: s.keyId, epoch: s.epoch }, auxiliary.use]);
  const { result } = await ecdsaHost.conduct(job, options =>
    workers.run('interactive', { auxiliary: { generation, level }, share: plainShare(share), data: asked }, options),
  );
  const { r, s: low } = parseCompact(curve, result.signature);
  return verified(curve, key.point, data.digest, { r, s: low, recoveryId: result.recoveryId });
}

/**
 * Gives the presignature up before anything else: what it was used for is on the disk first (attack list D1, D4).
 * @param keyFrom the key that signs, from the one that the presignature is for
 * @throws PresignatureUsed
 */
export async function signWithPresignature(
  { store, ecdsaHost }: SigningSessionOptions,
  s: Signing,
  pooled: Pooled,
  keyFrom: (parent: { readonly curve: EcdsaCurve; readonly point: Point }) => Promise<SigningKey>,
): Promise<EcdsaResult> {
  using presignature = pooled.presignature;
  const { curve, threshold, id, level } = pooled;
  const { terms } = presignature;
  const asked = dataAsked(s.asked);
  if ('prehashed' in asked) throw new RangeError('a digest of nobody knows what is never signed from a presignature');
  const data = DataToSign.of(asked.message, asked.digest);
  const key = await keyFrom({ curve, point: terms.key });
  const path = ['m', ...s.asked.path].join('/');
  const consumed = { presignature: id, request: s.request, digest: bytesToHex(data.digest), path };
  // the others may come meanwhile: nothing of it is told before the session begins
  await Promise.all([store.append([{ type: 'PresignatureConsumed', ...consumed }]), s.ready?.()]);
  const facts = { curve, key, data };
  const { extras, ...agreed } = onlineAgreement(level, threshold, terms, facts);
  const job = jobOf(s, { ...agreed, extras: { ...extras, path } }, [{ keyId: s.keyId, epoch: s.epoch }]);
  const { result } = await ecdsaHost.conduct(job, options =>
    withEvidence(
      options,
      () => presignatureStatement(terms, facts),
      () => runSession(options, onlineMessages(curves[curve]), party => signOnline(party, presignature, facts)),
    ),
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
  return {
    signature,
    publicKey,
    ecdsa: { digest: bytesToHex(digest), der: bytesToHex(derForm(curve, made)), recoveryId },
  };
}

/** Whether these are the signers of a presignature, and `leader` is the one that may lead with it. */
export const fits = (pooled: Pooled, leader: PartyId, s: Pick<Signing, 'keyId' | 'epoch' | 'signers'>): boolean =>
  pooled.owner === leader &&
  pooled.keyId === s.keyId &&
  pooled.epoch === s.epoch &&
  pooled.signers.join() === s.signers.join();
