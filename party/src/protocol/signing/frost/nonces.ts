import { concatBytes, randomBytes } from '@noble/hashes/utils.js';
import type { Curve, Point, Scalar } from '../../curve/curve.ts';
import { Secret } from '../../secret.ts';
import type { CipherSuite } from './suite.ts';

/** The points that a signer publishes in round one: D = d·G and E = e·G. */
export interface Commitment {
  readonly hiding: Point;
  readonly binding: Point;
}

/** The secrets behind a commitment. */
export interface NoncePair {
  readonly hiding: Scalar;
  readonly binding: Scalar;
}

/**
 * A pair of nonces for one signature share. Two shares from one pair give the signer's secret away. The pair can
 * therefore be taken only once, and cannot be copied or written down: it is private to the instance, and structured
 * clone and JSON leave it out.
 */
export class SigningNonces {
  readonly commitment: Commitment;
  readonly #curve: Curve;
  readonly #hiding: Secret<Uint8Array>;
  readonly #binding: Secret<Uint8Array>;

  constructor(curve: Curve, { hiding, binding }: NoncePair) {
    this.#curve = curve;
    this.#hiding = new Secret(curve.encodeScalar(hiding));
    this.#binding = new Secret(curve.encodeScalar(binding));
    this.commitment = { hiding: curve.multiplyBase(hiding), binding: curve.multiplyBase(binding) };
  }

  /**
   * Returns the pair and wipes it.
   * @throws Error the second time
   */
  take(): NoncePair {
    const pair = {
      hiding: this.#curve.decodeScalar(this.#hiding.expose()),
      binding: this.#curve.decodeScalar(this.#binding.expose()),
    };
    this[Symbol.dispose]();
    return pair;
  }

  [Symbol.dispose](): void {
    this.#hiding.wipe();
    this.#binding.wipe();
  }
}

/** Returns `length` unpredictable bytes. */
export type Random = (length: number) => Uint8Array;

/** commit of RFC 9591 section 5.1. `random` is replaced in tests only. */
export function generateNonces(suite: CipherSuite, share: Secret<Scalar>, random: Random = randomBytes): SigningNonces {
  const hiding = generateNonce(suite, share, random);
  const binding = generateNonce(suite, share, random);
  return new SigningNonces(suite.curve, { hiding, binding });
}

/**
 * nonce_generate of RFC 9591 section 4.1. Hashes the share in, so that a bad random source alone gives nothing away.
 */
function generateNonce(suite: CipherSuite, share: Secret<Scalar>, random: Random): Scalar {
  const encodedShare = suite.curve.encodeScalar(share.expose());
  const input = concatBytes(random(32), encodedShare);
  const nonce = suite.h3(input);
  encodedShare.fill(0);
  input.fill(0);
  return nonce;
}
