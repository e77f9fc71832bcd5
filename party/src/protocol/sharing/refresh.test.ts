import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curves } from '../curve/curve.ts';
import { chaotic, results } from '../session/simulator.ts';
import { groupKey, type KeyShare } from './sharing.ts';
import { makeShares, refreshShares, simulateRefresh } from './testing/keys.ts';
import { reconstruct } from './testing/reconstruct.ts';

for (const name of ['ed25519', 'secp256k1'] as const) {
  const curve = curves[name];
  const secretKey = (...shares: readonly (KeyShare | undefined)[]) =>
    curve.multiplyBase(reconstruct(shares.filter(share => share !== undefined)));

  test(`a refresh of a ${name} key keeps the key and changes every share and commitment`, async () => {
    const before = await makeShares(name, 3, 4);
    const after = await refreshShares(before);
    assert.equal(after.length, 4);
    for (const [i, { sharing, secret }] of after.entries()) {
      const old = before[i];
      assert.ok(old);
      assert.ok(curve.equalPoints(groupKey(sharing), groupKey(old.sharing)));
      assert.notEqual(secret.expose(), old.secret.expose());
      assert.equal(sharing.commitments.length, 3);
      for (const [k, commitment] of sharing.commitments.entries()) {
        assert.equal(curve.equalPoints(commitment, old.sharing.commitments[k] ?? curve.base), k === 0);
      }
    }
    const [a, b, c, d] = after;
    assert.ok(a && curve.equalPoints(secretKey(a, c, d), groupKey(a.sharing)));
    assert.ok(curve.equalPoints(secretKey(b, c, d), groupKey(a.sharing)));
  });

  test(`R4: shares of different epochs of a ${name} key do not reconstruct it`, async () => {
    const before = await makeShares(name, 2, [1, 4, 9]);
    const after = await refreshShares(before);
    const [a] = before;
    assert.ok(a);
    for (const i of [0, 1, 2]) {
      for (const j of [0, 1, 2].filter(other => other !== i)) {
        assert.ok(!curve.equalPoints(secretKey(before[i], after[j]), groupKey(a.sharing)), `${i} old, ${j} new`);
      }
    }
  });
}

test('T7: a refresh comes to the same for all however its messages are delayed, reordered and repeated', async () => {
  const before = await makeShares('secp256k1', 2, 3);
  for (const seed of [1, 2, 3, 4, 5]) {
    const outcomes = [...results(await simulateRefresh(before, { network: chaotic, seed })).values()];
    const [first, ...rest] = outcomes;
    assert.ok(first);
    for (const { result, transcript } of rest) {
      assert.deepEqual(transcript, first.transcript);
      assert.deepEqual(result.sharing.commitments.length, first.result.sharing.commitments.length);
    }
    const { equalPoints, multiplyBase } = curves.secp256k1;
    const [a, , c] = outcomes.map(({ result }) => result);
    assert.ok(a && c && equalPoints(multiplyBase(reconstruct([a, c])), groupKey(a.sharing)));
  }
});

test('only all parties of a sharing can refresh it', async () => {
  const shares = await makeShares('secp256k1', 2, 3);
  const { outcomes } = await simulateRefresh(shares, { parties: [1, 2] });
  for (const outcome of outcomes.values()) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof RangeError);
  }
});
