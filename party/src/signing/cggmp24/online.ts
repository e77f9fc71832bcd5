/**
 * Signing from a presignature: two short rounds. Every signer gives up its presignature, reveals its seed, and re-randomises with a
 * factor that nobody could foresee; only then goes its partial signature out.
 */
import type { Curve } from '../../curve/curve.ts';
import { enforce } from '../../session/checks.ts';
import { bytes, scalar } from '../../session/codec.ts';
import { echo, plain } from '../../session/messages.ts';
import type { Party } from '../../session/party.ts';
import type { DataToSign } from '../data-to-sign.ts';
import type { EcdsaCurve, EcdsaSignature } from '../ecdsa.ts';
import type { SigningKey } from '../signing-key.ts';
import { SEED_BYTES } from './offline.ts';
import { OnlineView, onlineChecks } from './online-view.ts';
import { combine, partialSignature } from './partial-signature.ts';
import type { Presignature, Presigned } from './presignature.ts';

export type OnlineMessages = ReturnType<typeof onlineMessages>;

export const onlineMessages = (curve: Curve) => ({ seed: echo(bytes(SEED_BYTES)), partial: plain(scalar(curve)) });

export interface OnlineInput {
  readonly curve: EcdsaCurve;
  /** The key that signs: the presignature's own, or one derived from it by adding a public offset. */
  readonly key: SigningKey;
  /** Of a message that this party has decided to sign, never of a bare digest: there is no other way to make one. */
  readonly data: DataToSign;
}

/**
 * @returns unverified: whoever hands it out verifies it before
 * @throws RangeError if these are not the signers of the presignature, before it is given up
 * @throws Error if it was used before
 * @throws Misbehaviour naming whose seed or partial signature is wrong
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

/** The signer's own part of what all see bound: k/f and (χ + offset·k)/f. */
function bind({ curve, factor, nonce, offset }: OnlineView, { k, chi }: Presigned): Presigned {
  const inverse = curve.invertScalar(factor);
  return {
    ...nonce,
    k: curve.multiplyScalars(k, inverse),
    chi: curve.multiplyScalars(curve.addScalars(chi, curve.multiplyScalars(offset, k)), inverse),
  };
}
