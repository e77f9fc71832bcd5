/** Signs with an ecdsa key: interactively, in a worker thread, or from a presignature, in two short rounds. */
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
import { dataToSign } from './requested-data.ts';
import { type SigningDeps, type SigningJob, sessionOf } from './signing-job.ts';

/** A signature that this party has verified. */
export interface EcdsaResult {
  /** Compact; s is low. */
  readonly signature: Uint8Array;
  /** Compressed. */
  readonly publicKey: Uint8Array;
  readonly ecdsa: { readonly digest: string; readonly der: string; readonly recoveryId: number };
}

const BARE_DIGEST = 'a bare digest, whose message no party has seen, is never signed from a presignature';

/** @param share this party's share of the key that signs, which may be a child */
export async function signWithAuxiliary(
  { keyring, ecdsaHost, workers }: SigningDeps,
  job: SigningJob,
  share: KeyShare,
): Promise<EcdsaResult> {
  const { sharing } = share;
  const curve = ecdsaCurve(sharing.curve);
  const auxiliary = agreedAuxiliary(keyring, job.ecdsa?.generation ?? 0, job.signers);
  const plain = dataToSign(job.requested);
  const data = dataOf(plain);
  const { generation, level, values } = auxiliary;
  const key = untweaked(curves[curve], groupKey(sharing));
  const agreed = interactiveAgreement({ level, auxiliary: values, sharing, key }, data);
  const session = sessionOf(job, agreed, [{ keyId: job.keyId, epoch: job.epoch }, auxiliary.use]);
  const { result } = await ecdsaHost.conduct(session, options =>
    workers.run('interactive', { auxiliary: { generation, level }, share: plainShare(share), data: plain }, options),
  );
  const { r, s: low } = parseCompact(curve, result.signature);
  return verified(curve, key.point, data.digest, { r, s: low, recoveryId: result.recoveryId });
}

/**
 * Gives the presignature up before anything else: the use of the presignature is on the disk first (attack list D1,
 * D4).
 * @param keyFrom derives the key that signs from the key that the presignature is for
 * @throws PresignatureUsed
 */
export async function signWithPresignature(
  { store, ecdsaHost }: SigningDeps,
  job: SigningJob,
  pooled: Pooled,
  keyFrom: (parent: { readonly curve: EcdsaCurve; readonly point: Point }) => Promise<SigningKey>,
): Promise<EcdsaResult> {
  using presignature = pooled.presignature;
  const { curve, threshold, id, level } = pooled;
  const { terms } = presignature;
  const plain = dataToSign(job.requested);
  if ('prehashed' in plain) throw new RangeError(BARE_DIGEST);
  const data = DataToSign.of(plain.message, plain.digest);
  const key = await keyFrom({ curve, point: terms.key });
  const path = ['m', ...job.requested.path].join('/');
  const consumed = { presignature: id, request: job.request, digest: bytesToHex(data.digest), path };
  // the other signers may join meanwhile: this party tells nothing of the presignature before the session begins
  await Promise.all([store.append([{ type: 'PresignatureConsumed', ...consumed }]), job.ready?.()]);
  const facts = { curve, key, data };
  const { extras, ...agreed } = onlineAgreement(level, threshold, terms, facts);
  const session = sessionOf(job, { ...agreed, extras: { ...extras, path } }, [{ keyId: job.keyId, epoch: job.epoch }]);
  const { result } = await ecdsaHost.conduct(session, options =>
    withEvidence(
      options,
      () => presignatureStatement(terms, facts),
      () => runSession(options, onlineMessages(curves[curve]), party => signOnline(party, presignature, facts)),
    ),
  );
  return verified(curve, key.point, data.digest, result);
}

/** The signature in all its forms. @throws Error if the signature does not verify: then it is not handed out */
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

/** Whether `leader` may lead a session of this key, epoch and signers with the presignature. */
export const fits = (pooled: Pooled, leader: PartyId, job: Pick<SigningJob, 'keyId' | 'epoch' | 'signers'>): boolean =>
  pooled.owner === leader &&
  pooled.keyId === job.keyId &&
  pooled.epoch === job.epoch &&
  pooled.signers.join() === job.signers.join();
