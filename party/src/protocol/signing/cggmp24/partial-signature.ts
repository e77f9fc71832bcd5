/** Online signing from what was presigned: ePrint 2021/060 (2024), section 4.3, figure 10. */
import type { Curve, Scalar } from '../../curve/curve.ts';
import { entry } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { type EcdsaSignature, ecdsaSignature, xModuloOrder } from '../ecdsa.ts';
import type { Presigned, SharedNonce } from './presignature.ts';

/** σ = k·m + r·χ. */
export function partialSignature(curve: Curve, { Gamma, k, chi }: Presigned, m: Scalar): Scalar {
  return curve.addScalars(curve.multiplyScalars(k, m), curve.multiplyScalars(xModuloOrder(curve, Gamma), chi));
}

/** Whether σ_j·Γ = m·Δ_j + r·S_j: this tells which signer's part is wrong, and uses nothing secret (attack list A5). */
export function isPartialSignature(
  curve: Curve,
  { Gamma, checks }: SharedNonce,
  m: Scalar,
  from: PartyId,
  sigma: Scalar,
): boolean {
  const { Delta, S } = entry(checks, from);
  const r = xModuloOrder(curve, Gamma);
  return curve.equalPoints(
    curve.multiplyPublic(Gamma, sigma),
    curve.addPoints(curve.multiplyPublic(Delta, m), curve.multiplyPublic(S, r)),
  );
}

/** Returns the signature that all partial signatures add up to. */
export const combine = (curve: Curve, { Gamma }: SharedNonce, parts: readonly Scalar[]): EcdsaSignature =>
  ecdsaSignature(curve, Gamma, curve.addScalars(...parts));
