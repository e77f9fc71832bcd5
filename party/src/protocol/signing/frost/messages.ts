import type { Curve } from '../../curve/curve.ts';
import { point, scalar, struct } from '../../session/codec.ts';
import { echo, plain } from '../../session/messages.ts';
import type { Commitment } from './nonces.ts';

export type FrostMessages = ReturnType<typeof frostMessages>;

/** The two rounds of RFC 9591 section 5. */
export const frostMessages = (curve: Curve) => ({
  /** Echoed: all signers compute binding factors over one list, or nobody sends a share. */
  commitments: echo(struct<Commitment>({ hiding: point(curve), binding: point(curve) })),
  /** The last message: who tells different things to different parties only fails the signature of some. */
  shares: plain(scalar(curve)),
});
