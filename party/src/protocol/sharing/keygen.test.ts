import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curves } from '../curve/curve.ts';
import { chaotic, results } from '../session/simulator.ts';
import { keygen } from './keygen.ts';
import { groupKey } from './sharing.ts';
import { simulateKeygen } from './testing/keys.ts';
import { reconstruct } from './testing/reconstruct.ts';

const CURVES = ['ed25519', 'secp256k1'] as const;

const makeKey = async (...args: Parameters<typeof simulateKeygen>) => [
  ...results(await simulateKeygen(...args)).values(),
];

for (const name of CURVES) {
  const curve = curves[name];

  test(`any threshold of the shares of a new ${name} key reconstruct its secret, and fewer do not`, async () => {
    const outcomes = await makeKey({ curve: name, threshold: 3 }, [2, 5, 7, 11]);
    const [a, b, c, d] = outcomes.map(({ result }) => result.share);
    assert.ok(a && b && c && d);
    for (const shares of [
      [a, b, c],
      [a, b, d],
      [a, c, d],
      [b, c, d],
      [a, b, c, d],
    ]) {
      assert.ok(curve.equalPoints(curve.multiplyBase(reconstruct(shares)), groupKey(a.sharing)));
    }
    for (const shares of [[a, b], [c, d], [a]]) {
      assert.ok(!curve.equalPoints(curve.multiplyBase(reconstruct(shares)), groupKey(a.sharing)));
    }
  });

  test(`all parties of a ${name} keygen hold the same public sharing, chain code and transcript`, async () => {
    const [first, ...rest] = await makeKey({ curve: name, threshold: 2 }, 3, { network: chaotic, seed: 7 });
    assert.ok(first);
    assert.equal(first.result.share.sharing.commitments.length, 2);
    assert.equal(first.result.chainCode.expose().length, 32);
    for (const { result, transcript, sid } of rest) {
      const { commitments } = result.share.sharing;
      assert.ok(
        first.result.share.sharing.commitments.every((c, k) => curve.equalPoints(c, commitments[k] ?? curve.base)),
      );
      assert.deepEqual(result.chainCode.expose(), first.result.chainCode.expose());
      assert.deepEqual(transcript, first.transcript);
      assert.deepEqual(sid, first.sid);
    }
  });
}

test('two keygens make different keys, chain codes, session ids and transcripts', async () => {
  const parameters = { curve: 'secp256k1', threshold: 2 } as const;
  const [[a], [b]] = [await makeKey(parameters, 2), await makeKey(parameters, 2)];
  assert.ok(a && b);
  const { equalPoints } = curves.secp256k1;
  assert.ok(!equalPoints(groupKey(a.result.share.sharing), groupKey(b.result.share.sharing)));
  assert.notDeepEqual(a.result.chainCode.expose(), b.result.chainCode.expose());
  assert.notDeepEqual(a.sid, b.sid);
  assert.notDeepEqual(a.transcript, b.transcript);
});

test('a threshold that the parties cannot have is refused', async () => {
  for (const threshold of [0, 1, 4, 2.5]) {
    const { outcomes } = await simulateKeygen({ curve: 'secp256k1', threshold: 2 }, 3, {
      protocol: party => keygen(party, { curve: 'secp256k1', threshold }),
    });
    for (const outcome of outcomes.values()) {
      assert.ok(outcome.status === 'rejected' && outcome.reason instanceof RangeError, `threshold ${threshold}`);
    }
  }
});
