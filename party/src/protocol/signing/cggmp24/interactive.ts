/**
 * Signing in one session, without a presignature: presigning, then the partial signatures. ePrint 2021/060 (2024),
 * section 4, figures 8 and 10.
 */
import type { Curve, Scalar } from '../../curve/curve.ts';
import { checksOf, enforce } from '../../session/checks.ts';
import { scalar } from '../../session/codec.ts';
import { plain } from '../../session/messages.ts';
import type { Party } from '../../session/party.ts';
import { asScalar, type DataToSign, type Prehashed } from '../data-to-sign.ts';
import type { EcdsaSignature } from '../ecdsa.ts';
import type { CggmpParameters } from './parameters.ts';
import { combine, isPartialSignature, partialSignature } from './partial-signature.ts';
import { presign } from './presign.ts';
import { presignMessages } from './presign-messages.ts';
import { type PresignInput, presignFacts } from './presign-steps.ts';
import { PresignView } from './presign-view.ts';

export type InteractiveMessages = ReturnType<typeof interactiveMessages>;

export const interactiveMessages = (parameters: CggmpParameters, curve: Curve, signers: number) => ({
  ...presignMessages(parameters, curve, signers),
  partial: plain(scalar(curve)),
});

export const partialCheck = (view: PresignView, m: Scalar) =>
  checksOf<InteractiveMessages>()(
    'partial signature',
    'partial',
    ['commit', 'multiply', 'open'],
    (from, sigma) =>
      // no honest signer signs without a nonce
      view.hasNonce && isPartialSignature(view.curve, view.nonce, m, from, sigma),
  );

/**
 * The message is fixed before the nonce point is, so the signature is safe even of a bare digest (attack list D3).
 *
 * @param data the data that this party itself has decided to sign
 * @returns the signature, unverified: the caller verifies it before handing it out
 * @throws Misbehaviour naming each party whose proof or partial signature is wrong
 * @throws PresignAborted
 */
export async function signInteractively(
  party: Party<InteractiveMessages>,
  input: PresignInput,
  data: DataToSign | Prehashed,
): Promise<EcdsaSignature> {
  const view = new PresignView(party, presignFacts(input));
  const { curve } = view;
  const presigned = await presign(party, input, view);
  const m = asScalar(curve, data);
  const parts = await party.broadcast('partial', partialSignature(curve, presigned, m));
  enforce(party, partialCheck(view, m), parts);
  return combine(curve, presigned, [...parts.values()]);
}
