/**
 * Signing from a presignature: two short rounds. Every signer gives up its presignature, reveals its seed, and re-randomises with a
 * factor that nobody could foresee; only then goes its partial signature out. Without it, additive derivation and presignatures
 * together let signatures be forged (Groth-Shoup, ePrint 2021/1330, sections 1.1.2 and 6; attack list D2, D4).
 */
import { type Curve, curves, type Point, type Scalar } from '../../curve/curve.ts';
import { bytes, scalar } from '../../session/codec.ts';
import { echo, plain } from '../../session/messages.ts';
import { entry, type Party, type Received } from '../../session/party.ts';
import { Transcript } from '../../session/transcript.ts';
import { equal } from '../../sharing/commitments.ts';
import { asScalar, type DataToSign } from '../data-to-sign.ts';
import type { EcdsaCurve, EcdsaSignature } from '../ecdsa.ts';
import type { SigningKey } from '../signing-key.ts';
import { commitToSeed, SEED_BYTES } from './offline.ts';
import { combine, isPartialSignature, partialSignature } from './partial-signature.ts';
import type { Presignature, PresignatureTerms, Presigned } from './presignature.ts';

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
  { curve: name, key, data }: OnlineInput,
): Promise<EcdsaSignature> {
  const { terms } = presignature;
  const curve = curves[name];
  if (party.parties.join() !== terms.signers.join())
    throw new RangeError(`a presignature of parties ${terms.signers.join(', ')} for ${party.parties.join(', ')}`);
  if (key.tweak.negate) throw new RangeError('a presignature signs for its key plus an offset, not for its opposite');

  const { presigned, seed } = presignature.take();
  const seeds = await party.broadcast('seed', seed);
  party.check('seed', 'seed', seeds, (from, revealed) =>
    equal(commitToSeed(terms.id, from, revealed), terms.seedCommitments.get(from)),
  );

  const factor = rerandomisation(curve, terms, presigned.Gamma, seeds, key, data);
  const bound = bind(curve, presigned, key.tweak.offset, factor);
  const m = asScalar(curve, data);
  const parts = await party.broadcast('partial', partialSignature(curve, bound, m));
  party.check('partial signature', 'partial', parts, (from, sigma) => isPartialSignature(curve, bound, m, from, sigma));
  return combine(curve, bound, [...parts.values()]);
}

/** A factor that depends on everything that is about to be signed, and on a seed of every signer. */
function rerandomisation(
  curve: Curve,
  { id, key: parent, signers }: PresignatureTerms,
  Gamma: Point,
  seeds: Received<Uint8Array>,
  key: SigningKey,
  { digest }: DataToSign,
): Scalar {
  const factor = curve.scalarFromUniformBytes(
    new Transcript('mpc/v1/cggmp24/rerandomise', id, signers)
      .absorb('nonce', curve.encodePoint(Gamma))
      .absorb('key', curve.encodePoint(parent), curve.encodePoint(key.point), curve.encodeScalar(key.tweak.offset))
      .absorb('digest', digest)
      .absorb('seeds', ...signers.map(party => entry(seeds, party)))
      .bytes(curve.scalarBytes + 16),
  );
  if (factor === 0n) throw new Error('a factor of 0, which by chance never happens');
  return factor;
}

/** For the key plus an offset, and with f·Γ in the place of Γ: k/f and (χ + offset·k)/f. */
function bind(curve: Curve, { Gamma, k, chi, checks }: Presigned, offset: Scalar, factor: Scalar): Presigned {
  const inverse = curve.invertScalar(factor);
  return {
    Gamma: curve.multiplyPublic(Gamma, factor),
    k: curve.multiplyScalars(k, inverse),
    chi: curve.multiplyScalars(curve.addScalars(chi, curve.multiplyScalars(offset, k)), inverse),
    // f and its inverse cancel: these are already times f·Γ
    checks: new Map(
      [...checks].map(([id, { Delta, S }]) => [
        id,
        { Delta, S: curve.addPoints(S, curve.multiplyPublic(Delta, offset)) },
      ]),
    ),
  };
}
