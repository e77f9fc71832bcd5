import type { Curve } from '../../curve/curve.ts';
import { point, scalar, struct } from '../../session/codec.ts';
import { echo, plain } from '../../session/messages.ts';
import type { Commitment } from './nonces.ts';

export type FrostMessages = ReturnType<typeof frostMessages>;

/** The two rounds of RFC 9591 section 5. */
export const frostMessages = (curve: Curve) => ({
  /** Echoed: either all signers compute the binding factors over the same list, or none sends a share. */
  commitments: echo(struct<Commitment>({ hiding: point(curve), binding: point(curve) })),
  /**
   * Not echoed, because it is the last message: a signer that sends different shares to different parties only makes
   * the signature of some parties fail.
   */
  shares: plain(scalar(curve)),
});
