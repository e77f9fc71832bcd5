import type { Curve, Point, Scalar } from '../curve/curve.ts';

/**
 * How the key that signs comes from the key that is shared: x ↦ ±x + offset. Since Lagrange's coefficients sum to 1, the same map
 * takes each share and each verification share to those of the key that signs, and nobody has to share anything anew.
 */
export interface KeyTweak {
  readonly negate: boolean;
  /** Public. */
  readonly offset: Scalar;
}

/** The key that signs, and how it comes from the shared one. */
export interface SigningKey {
  readonly point: Point;
  readonly tweak: KeyTweak;
}

/** A shared key that signs as it is. */
export const untweaked = (curve: Curve, groupKey: Point): SigningKey => ({
  point: groupKey,
  tweak: { negate: false, offset: curve.scalar(0n) },
});

/** The secret side of a tweak. */
export function tweakShare(curve: Curve, tweak: KeyTweak, share: Scalar): Scalar {
  return curve.addScalars(tweak.negate ? curve.negateScalar(share) : share, tweak.offset);
}

/** The public side of a tweak. */
export function tweakPoint(curve: Curve, tweak: KeyTweak, point: Point): Point {
  return curve.addPoints(
    tweak.negate ? curve.negatePoint(point) : point,
    curve.multiplyPublic(curve.base, tweak.offset),
  );
}
