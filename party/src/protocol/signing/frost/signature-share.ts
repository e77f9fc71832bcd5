import type { Scalar } from '../../curve/curve.ts';
import type { PartyId } from '../../session/party-id.ts';
import { type KeyShare, verificationShare } from '../../sharing/sharing.ts';
import { tweakPoint, tweakShare } from '../signing-key.ts';
import type { SigningNonces } from './nonces.ts';
import type { Signer, SigningPackage } from './signing-package.ts';

/**
 * sign of RFC 9591 section 5.2. Uses up the nonces, so that no second share can be made from them.
 *
 * @throws RangeError if the package does not hold this signer with the commitment of these nonces
 * @throws Error if the nonces were taken before
 */
export function makeSignatureShare(signing: SigningPackage, own: KeyShare, nonces: SigningNonces): Scalar {
  const { suite, key, challenge, negated } = signing;
  const { curve } = suite;
  const { commitment, bindingFactor, lambda } = signerOf(signing, own.party);
  const { commitment: made } = nonces;
  if (!curve.equalPoints(commitment.hiding, made.hiding) || !curve.equalPoints(commitment.binding, made.binding)) {
    throw new RangeError(`party ${own.party}: the list has another commitment than these nonces`);
  }
  const { hiding, binding } = nonces.take();
  const nonce = curve.addScalars(hiding, curve.multiplyScalars(binding, bindingFactor));
  const share = tweakShare(curve, key.tweak, own.secret.expose());
  return curve.addScalars(
    negated ? curve.negateScalar(nonce) : nonce,
    curve.multiplyScalars(curve.multiplyScalars(lambda, challenge), share),
  );
}

/**
 * verify_signature_share of RFC 9591 section 5.4: z·G = ±(D + ρ·E) + c·λ·Y. The shares of other signers cannot change
 * the verdict.
 */
export function verifySignatureShare(signing: SigningPackage, party: PartyId, z: Scalar): boolean {
  const { suite, sharing, key, challenge, negated } = signing;
  const { curve } = suite;
  const { commitment, bindingFactor, lambda } = signerOf(signing, party);
  const nonce = curve.addPoints(commitment.hiding, curve.multiplyPublic(commitment.binding, bindingFactor));
  const share = tweakPoint(curve, key.tweak, verificationShare(sharing, party));
  const expected = curve.addPoints(
    negated ? curve.negatePoint(nonce) : nonce,
    curve.multiplyPublic(share, curve.multiplyScalars(challenge, lambda)),
  );
  return curve.equalPoints(curve.multiplyPublic(curve.base, z), expected);
}

/**
 * aggregate of RFC 9591 section 5.3. Returns the signature unverified: the caller verifies it before handing it out.
 *
 * @throws RangeError unless `shares` holds exactly one share of each signer
 */
export function aggregate(
  { suite, signers, groupCommitment }: SigningPackage,
  shares: ReadonlyMap<PartyId, Scalar>,
): Uint8Array {
  if (shares.size !== signers.size || ![...signers.keys()].every(id => shares.has(id))) {
    throw new RangeError(`shares of ${[...shares.keys()].join(', ')} for signers ${[...signers.keys()].join(', ')}`);
  }
  return suite.encodeSignature(groupCommitment, suite.curve.addScalars(...shares.values()));
}

function signerOf({ signers }: SigningPackage, party: PartyId): Signer {
  const signer = signers.get(party);
  if (signer === undefined)
    throw new RangeError(`party ${party} is not among the signers ${[...signers.keys()].join(', ')}`);
  return signer;
}
