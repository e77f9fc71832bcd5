import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { curves } from '../curve/curve.ts';
import { derivedShare, derivedSharing } from './derived.ts';
import { groupKey, verificationShare } from './sharing.ts';
import { makeShares } from './testing/keys.ts';
import { reconstruct } from './testing/reconstruct.ts';

for (const name of ['ed25519', 'secp256k1', 'p256'] as const) {
  const curve = curves[name];
  const offsets = fc.bigInt({ min: 0n, max: curve.order - 1n }).map(curve.scalar);
  const shares = await makeShares(name, 3, [1, 4, 5, 9]);
  const [first = assert.fail()] = shares;
  const { sharing } = first;

  test(`shares on ${name} plus an offset are shares of the key plus the offset, for any quorum`, () => {
    fc.assert(
      fc.property(offsets, fc.shuffledSubarray([...shares], { minLength: 3 }), (offset, quorum) => {
        const derived = quorum.map(share => derivedShare(share, offset));
        const secret = curve.addScalars(reconstruct(quorum), offset);
        assert.equal(reconstruct(derived), secret);
        assert.ok(curve.equalPoints(groupKey(derivedSharing(sharing, offset)), curve.multiplyBase(secret)));
        for (const share of derived) {
          const expected = curve.multiplyBase(share.secret.expose());
          assert.ok(curve.equalPoints(verificationShare(derivedSharing(sharing, offset), share.party), expected));
        }
      }),
      { numRuns: 10 },
    );
  });

  test(`one offset after the other on ${name} is their sum, and 0 changes nothing`, () => {
    fc.assert(
      fc.property(offsets, offsets, (a, b) => {
        const twice = derivedShare(derivedShare(first, a), b);
        const once = derivedShare(first, curve.addScalars(a, b));
        assert.equal(twice.secret.expose(), once.secret.expose());
        assert.ok(curve.equalPoints(groupKey(twice.sharing), groupKey(once.sharing)));
        assert.equal(derivedShare(first, curve.scalar(0n)).secret.expose(), first.secret.expose());
      }),
      { numRuns: 10 },
    );
  });

  test(`I3: the offset that takes a key on ${name} to nothing is refused`, () => {
    const opposite = curve.negateScalar(reconstruct(shares));
    assert.throws(() => derivedShare(first, opposite), /identity/);
  });
}
