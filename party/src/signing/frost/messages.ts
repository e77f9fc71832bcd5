import { concatBytes } from '@noble/hashes/utils.js';
import { type Curve, EncodingError, type Scalar } from '../../curve/curve.ts';
import { type Codec, echo, type Message, plain } from '../../session/messages.ts';
import type { Commitment } from './nonces.ts';

/** The two rounds of RFC 9591 section 5. */
export interface FrostMessages {
  /** Echoed: all signers compute binding factors over one list, or nobody sends a share. */
  readonly commitments: Message<Commitment, 'echo'>;
  /** The last message: one who tells different things to different parties only fails the signature of some. */
  readonly shares: Message<Scalar, 'plain'>;
}

export const frostMessages = (curve: Curve): FrostMessages => ({
  commitments: echo(commitmentCodec(curve)),
  shares: plain({ maxBytes: curve.scalarBytes, encode: curve.encodeScalar, decode: curve.decodeScalar }),
});

/** D ‖ E, two points that are not the identity. */
function commitmentCodec(curve: Curve): Codec<Commitment> {
  const { pointBytes } = curve;
  return {
    maxBytes: 2 * pointBytes,
    encode: ({ hiding, binding }) => concatBytes(curve.encodePoint(hiding), curve.encodePoint(binding)),
    decode(bytes) {
      if (bytes.length !== 2 * pointBytes) {
        throw new EncodingError(`a commitment over ${curve.name} has ${2 * pointBytes} bytes, not ${bytes.length}`);
      }
      return {
        hiding: curve.decodePoint(bytes.subarray(0, pointBytes)),
        binding: curve.decodePoint(bytes.subarray(pointBytes)),
      };
    },
  };
}
