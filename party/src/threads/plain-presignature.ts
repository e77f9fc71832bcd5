import { type CurveName, curves } from '../protocol/curve/curve.ts';
import { Presignature } from '../protocol/signing/cggmp24/presignature.ts';
import type { PlainPresignature } from './tasks.ts';

/** Takes a presignature apart to send it to another thread. The presignature is used up here. */
export function dismantle(curveName: CurveName, presignature: Presignature): PlainPresignature {
  const curve = curves[curveName];
  const { id, key, signers, seedCommitments, nonce } = presignature.terms;
  const { presigned, seed } = presignature.take();
  return {
    id,
    key: curve.encodePoint(key),
    signers,
    seedCommitments,
    Gamma: curve.encodePoint(nonce.Gamma),
    k: curve.encodeScalar(presigned.k),
    chi: curve.encodeScalar(presigned.chi),
    checks: new Map(
      [...nonce.checks].map(([party, { Delta, S }]) => [
        party,
        { Delta: curve.encodePoint(Delta), S: curve.encodePoint(S) },
      ]),
    ),
    seed,
  };
}

/**
 * Puts a presignature together again in the thread where it arrives, once, and wipes `k` and `chi` of the plain form.
 */
export function assemble(curveName: CurveName, plain: PlainPresignature): Presignature {
  const curve = curves[curveName];
  const { id, signers, seedCommitments } = plain;
  const nonce = {
    Gamma: curve.decodePoint(plain.Gamma),
    checks: new Map(
      [...plain.checks].map(([party, { Delta, S }]) => [
        party,
        { Delta: curve.decodePoint(Delta), S: curve.decodePoint(S) },
      ]),
    ),
  };
  const presigned = { ...nonce, k: curve.decodeScalar(plain.k), chi: curve.decodeScalar(plain.chi) };
  plain.k.fill(0);
  plain.chi.fill(0);
  const terms = { id, key: curve.decodePoint(plain.key), signers, seedCommitments, nonce };
  return new Presignature(terms, presigned, plain.seed);
}
