import { type CurveName, curves } from '../../../curve/curve.ts';
import type { PartyId } from '../../../session/party-id.ts';
import { evaluate, type Polynomial } from '../../../sharing/polynomial.ts';
import { type KeyShare, keyShare, type Sharing } from '../../../sharing/sharing.ts';

/** Trusted dealer key generation, RFC 9591 appendix C, for vectors that give the polynomial. */
export function deal(curveName: CurveName, polynomial: Polynomial, parties: readonly PartyId[]): readonly KeyShare[] {
  const curve = curves[curveName];
  const sharing: Sharing = {
    curve: curveName,
    threshold: polynomial.length,
    parties,
    commitments: polynomial.map(coefficient => curve.multiplyBase(coefficient)),
  };
  return parties.map(party => keyShare(sharing, party, evaluate(curve, polynomial, party)));
}
