/**
 * Signing from a presignature, in two short rounds. Every signer gives up its presignature, reveals its seed, and
 * re-randomises the presignature with a factor that no party could foresee. Only then does the signer send its partial
 * signature.
 */
import { enforce } from '../../session/checks.ts';
import type { Party } from '../../session/party.ts';
import type { DataToSign } from '../data-to-sign.ts';
import type { EcdsaSignature } from '../ecdsa.ts';
import type { OnlineMessages } from './online-messages.ts';
import { type OnlineFacts, OnlineView, onlineChecks } from './online-view.ts';
import { combine, partialSignature } from './partial-signature.ts';
import type { Presignature, Presigned } from './presignature.ts';

export interface OnlineInput extends OnlineFacts {
  /**
   * The digest of a message that this party has decided to sign, never a bare digest: only a message makes a
   * DataToSign.
   */
  readonly data: DataToSign;
}

/**
 * @returns the signature, unverified: the caller verifies it before handing it out
 * @throws RangeError if the parties are not the signers of the presignature, before it is given up
 * @throws Error if the presignature was used before
 * @throws Misbehaviour naming each party whose seed or partial signature is wrong
 */
export async function signOnline(
  party: Party<OnlineMessages>,
  presignature: Presignature,
  input: OnlineInput,
): Promise<EcdsaSignature> {
  const { terms } = presignature;
  if (party.parties.join() !== terms.signers.join())
    throw new RangeError(`a presignature of parties ${terms.signers.join(', ')} for ${party.parties.join(', ')}`);
  if (input.key.tweak.negate)
    throw new RangeError('a presignature signs for its key plus an offset, not for its opposite');
  const view = new OnlineView(terms, input);
  const checks = onlineChecks(view);

  const { presigned, seed } = presignature.take();
  const seeds = view.shown.keep('seed', await party.broadcast('seed', seed));
  enforce(party, checks.seed, seeds);

  const bound = bind(view, presigned);
  const parts = await party.broadcast('partial', partialSignature(view.curve, bound, view.m));
  enforce(party, checks.partial, parts);
  return combine(view.curve, bound, [...parts.values()]);
}

/**
 * Re-randomises the signer's own shares as `OnlineView.nonce` does their public counterparts: k/f and (χ + offset·k)/f.
 */
function bind({ curve, factor, nonce, offset }: OnlineView, { k, chi }: Presigned): Presigned {
  const inverse = curve.invertScalar(factor);
  return {
    ...nonce,
    k: curve.multiplyScalars(k, inverse),
    chi: curve.multiplyScalars(curve.addScalars(chi, curve.multiplyScalars(offset, k)), inverse),
  };
}
