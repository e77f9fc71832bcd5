import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { curves } from '../curve/curve.ts';
import {
  compactForm,
  derForm,
  type EcdsaCurve,
  ecdsaSignature,
  parseCompact,
  recoverKey,
  verifyEcdsa,
} from './ecdsa.ts';

for (const name of ['secp256k1', 'p256'] as const satisfies readonly EcdsaCurve[]) {
  const curve = curves[name];
  const secret = fc.bigInt({ min: 1n, max: curve.order - 1n }).map(n => curve.scalar(n));

  /** Signs with the secret key x and the nonce k: s = (m + r·x) / k. */
  const sign = (x: bigint, k: bigint, digest: Uint8Array) => {
    const [secretKey, nonce] = [curve.scalar(x), curve.scalar(k)];
    const R = curve.multiplyBase(nonce);
    const m = curve.scalar(BigInt(`0x${Buffer.from(digest).toString('hex')}`));
    const { r } = ecdsaSignature(curve, R, curve.scalar(1n));
    const s = curve.multiplyScalars(
      curve.addScalars(m, curve.multiplyScalars(r, secretKey)),
      curve.invertScalar(nonce),
    );
    return { R, s };
  };

  test(
    `D10: ${name}: ` +
      'of the two signatures the one with the lower s comes out, ' +
      'whichever went in, ' +
      'and verifies',
    () => {
      fc.assert(
        fc.property(secret, secret, fc.uint8Array({ minLength: 1 }), (x, k, message) => {
          const digest = new Uint8Array(hash('sha256', message, 'buffer'));
          const { R, s } = sign(x, k, digest);
          const key = curve.multiplyBase(x);
          const low = ecdsaSignature(curve, R, s);
          assert.deepEqual(ecdsaSignature(curve, R, curve.negateScalar(s)).s, low.s);
          assert.ok(low.s <= curve.order / 2n);
          assert.ok(verifyEcdsa(name, curve.encodePoint(key), digest, compactForm(name, low)));
          assert.ok(curve.equalPoints(recoverKey(name, low, digest), key));
          assert.deepEqual(parseCompact(name, compactForm(name, low)), { r: low.r, s: low.s });
        }),
        { numRuns: 20 },
      );
    },
  );

  test(`D10: ${name}: the higher s is refused, as are other messages, keys and lengths`, () => {
    const digest = new Uint8Array(32).fill(7);
    const { R, s } = sign(5n, 11n, digest);
    const low = ecdsaSignature(curve, R, s);
    const key = curve.encodePoint(curve.multiplyBase(curve.scalar(5n)));
    const compact = compactForm(name, low);
    assert.equal(verifyEcdsa(name, key, digest, compact), true);
    const high = compactForm(name, { ...low, s: curve.negateScalar(low.s) });
    assert.equal(verifyEcdsa(name, key, digest, high), false);
    assert.equal(verifyEcdsa(name, key, new Uint8Array(32), compact), false);
    assert.equal(verifyEcdsa(name, curve.encodePoint(curve.base), digest, compact), false);
    assert.equal(verifyEcdsa(name, key, digest, compact.subarray(1)), false);
    assert.equal(verifyEcdsa(name, new Uint8Array(33), digest, compact), false);
    assert.equal(verifyEcdsa(name, key, digest, derForm(name, low)), false);
    assert.equal(derForm(name, low)[0], 0x30);
  });
}
