import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import { curves } from '../../curve/curve.ts';
import { chaotic, results } from '../../session/simulator.ts';
import { groupKey, type KeyShare } from '../../sharing/sharing.ts';
import { makeShares } from '../../sharing/testing/keys.ts';
import { fromBytes, toBytes } from './paillier/integers.ts';
import type { EcdsaSignature } from './partial-signature.ts';
import { makeAuxiliary, simulateSigning } from './testing/simulations.ts';

const curve = curves.secp256k1;
const auxiliary = await makeAuxiliary(5);
const message = Buffer.from('a payment');
const m = curve.scalar(fromBytes(createHash('sha256').update(message).digest()));

/** What OpenSSL says. */
function verifies([first]: readonly KeyShare[], { r, s }: EcdsaSignature): boolean {
  const point = curve.encodePoint(groupKey(first?.sharing ?? assert.fail()));
  const algorithm = '301006072a8648ce3d020106052b8104000a';
  const der = Buffer.concat([Buffer.from(`3036${algorithm}032200`, 'hex'), point]);
  const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat([toBytes(r, 32), toBytes(s, 32)]));
}

describe('signing with CGGMP24', () => {
  for (const [threshold, parties, signers] of [
    [2, 3, [1, 2]],
    [2, 3, [1, 3]],
    [2, 3, [1, 2, 3]],
    [3, 5, [2, 3, 5]],
  ] as const) {
    test(`${threshold} of ${parties}: OpenSSL accepts what parties ${signers.join(', ')} sign`, async () => {
      const shares = await makeShares('secp256k1', threshold, parties);
      const simulated = await simulateSigning({ shares, auxiliary, signers, m }, { network: chaotic, seed: parties });
      const signatures = [...results(simulated).values()].map(({ result }) => result);
      assert.equal(signatures.length, signers.length);
      const [signature = assert.fail(), ...others] = signatures;
      for (const other of others) assert.deepEqual(other, signature);
      assert.ok(verifies(shares, signature));
      assert.ok(signature.s <= curve.order / 2n);
    });
  }
});
