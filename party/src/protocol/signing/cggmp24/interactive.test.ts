import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { curves } from '../../curve/curve.ts';
import { chaotic, results } from '../../session/simulator.ts';
import { derivedShare } from '../../sharing/derived.ts';
import { groupKey } from '../../sharing/sharing.ts';
import { makeShares } from '../../sharing/testing/keys.ts';
import { DataToSign } from '../data-to-sign.ts';
import { derive } from '../hd.ts';
import { opensslVerifies } from './testing/openssl.ts';
import { makeAuxiliary, simulateSigning } from './testing/simulations.ts';

const curve = curves.secp256k1;
const auxiliary = await makeAuxiliary(5);
const message = Buffer.from('a payment');
const data = DataToSign.of(message, 'sha256');

describe('signing with CGGMP24', () => {
  for (const [threshold, parties, signers] of [
    [2, 3, [1, 2]],
    [2, 3, [1, 3]],
    [2, 3, [1, 2, 3]],
    [3, 5, [2, 3, 5]],
  ] as const) {
    test(`${threshold} of ${parties}: OpenSSL accepts what parties ${signers.join(', ')} sign`, async () => {
      const shares = await makeShares('secp256k1', threshold, parties);
      const simulated = await simulateSigning(
        { shares, auxiliary, signers, data },
        { network: chaotic, seed: parties },
      );
      const signatures = [...results(simulated).values()].map(({ result }) => result);
      assert.equal(signatures.length, signers.length);
      const [signature = assert.fail(), ...others] = signatures;
      for (const other of others) assert.deepEqual(other, signature);
      assert.ok(opensslVerifies(groupKey(shares[0]?.sharing ?? assert.fail()), message, signature));
      assert.ok(signature.s <= curve.order / 2n);
    });
  }

  test('OpenSSL accepts what is signed with the shares of a child, under the key of BIP-32', async () => {
    const shares = await makeShares('secp256k1', 2, 3);
    const root = groupKey(shares[0]?.sharing ?? assert.fail());
    const { key } = derive('secp256k1', root, randomBytes(32), [44, 60, 0, 0, 7]);
    const children = shares.map(share => derivedShare(share, key.tweak.offset));
    const simulated = await simulateSigning({ shares: children, auxiliary, signers: [1, 3], data });
    for (const { result } of results(simulated).values()) assert.ok(opensslVerifies(key.point, message, result));
  });
});
