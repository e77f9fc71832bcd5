/** Signing in one session, from nothing: presigning, then the partial signatures. ePrint 2021/060 (2024), section 4, figures 8 and 10. */
import { type Curve, curves } from '../../curve/curve.ts';
import { scalar } from '../../session/codec.ts';
import { plain } from '../../session/messages.ts';
import type { Party } from '../../session/party.ts';
import { asScalar, type DataToSign, type Prehashed } from '../data-to-sign.ts';
import type { EcdsaSignature } from '../ecdsa.ts';
import type { CggmpParameters } from './parameters.ts';
import { combine, isPartialSignature, partialSignature } from './partial-signature.ts';
import { presign } from './presign.ts';
import { presignMessages } from './presign-messages.ts';
import type { PresignInput } from './presign-steps.ts';

export type InteractiveMessages = ReturnType<typeof interactiveMessages>;

export const interactiveMessages = (parameters: CggmpParameters, curve: Curve, signers: number) => ({
  ...presignMessages(parameters, curve, signers),
  partial: plain(scalar(curve)),
});

/**
 * The message was fixed before the nonce point was: such a signature is safe whatever the digest is of (attack list D3).
 *
 * @param data what this party itself has decided to sign
 * @returns unverified: whoever hands it out verifies it before
 * @throws Misbehaviour naming whose proof or partial signature is wrong
 * @throws PresignAborted
 */
export async function signInteractively(
  party: Party<InteractiveMessages>,
  input: PresignInput,
  data: DataToSign | Prehashed,
): Promise<EcdsaSignature> {
  const curve = curves[input.share.sharing.curve];
  const presigned = await presign(party, input);
  const m = asScalar(curve, data);
  const parts = await party.broadcast('partial', partialSignature(curve, presigned, m));
  party.check('partial signature', 'partial', parts, (from, sigma) =>
    isPartialSignature(curve, presigned, m, from, sigma),
  );
  return combine(curve, presigned, [...parts.values()]);
}
