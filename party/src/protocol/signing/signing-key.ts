import type { Curve, Point, Scalar } from '../curve/curve.ts';

/**
 * The map from the shared key to the signing key: x ↦ ±x + offset. Since Lagrange coefficients sum to 1, the same map
 * takes each share and each verification share of the shared key to that of the signing key, and nothing has to be
 * shared anew.
 */
export interface KeyTweak {
  readonly negate: boolean;
  /** Public. */
  readonly offset: Scalar;
}

/** The signing key, and the map to it from the shared key. */
export interface SigningKey {
  readonly point: Point;
  readonly tweak: KeyTweak;
}

/** Returns the signing key of a shared key that signs without a tweak. */
export const untweaked = (curve: Curve, groupKey: Point): SigningKey => ({
  point: groupKey,
  tweak: { negate: false, offset: curve.scalar(0n) },
});

/** Applies a tweak to a share of the secret key, or to the whole. */
export function tweakShare(curve: Curve, tweak: KeyTweak, share: Scalar): Scalar {
  return curve.addScalars(tweak.negate ? curve.negateScalar(share) : share, tweak.offset);
}

/** Applies a tweak to a public key, or to a verification share. */
export function tweakPoint(curve: Curve, tweak: KeyTweak, point: Point): Point {
  return curve.addPoints(
    tweak.negate ? curve.negatePoint(point) : point,
    curve.multiplyPublic(curve.base, tweak.offset),
  );
}
