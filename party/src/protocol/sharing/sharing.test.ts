import assert from 'node:assert/strict';
import { test } from 'node:test';
import { curves } from '../curve/curve.ts';
import { evaluateCommitments, groupKey, keyShare, type Sharing, sharingHash, verificationShare } from './sharing.ts';

const curve = curves.secp256k1;
const coefficients = [5n, 7n].map(n => curve.scalar(n));
const sharing: Sharing = {
  curve: 'secp256k1',
  threshold: 2,
  parties: [1, 2, 3],
  commitments: coefficients.map(c => curve.multiplyBase(c)),
};

test('the group key is the commitment to what is shared, a verification share the counterpart of a share', () => {
  assert.ok(curve.equalPoints(groupKey(sharing), curve.multiplyBase(curve.scalar(5n))));
  for (const x of sharing.parties) {
    const expected = curve.multiplyBase(curve.scalar(5n + 7n * BigInt(x)));
    assert.ok(curve.equalPoints(verificationShare(sharing, x), expected));
    assert.ok(curve.equalPoints(evaluateCommitments(curve, sharing.commitments, x), expected));
  }
  assert.throws(() => groupKey({ ...sharing, commitments: [] }), RangeError);
});

test('a share that does not fit its sharing is none', () => {
  assert.equal(keyShare(sharing, 2, curve.scalar(19n)).secret.expose(), 19n);
  assert.throws(() => keyShare(sharing, 2, curve.scalar(20n)), /does not fit/);
  assert.throws(() => keyShare(sharing, 1, curve.scalar(19n)), /does not fit/);
});

test('I3: a sharing with the identity among its commitments is none', () => {
  const constant = { ...sharing, commitments: [groupKey(sharing), curve.identity] };
  assert.throws(() => keyShare(constant, 2, curve.scalar(5n)), /identity/);
});

test('the hash of a sharing depends on all of it', () => {
  const others: Sharing[] = [
    sharing,
    { ...sharing, threshold: 3 },
    { ...sharing, parties: [1, 2, 4] },
    { ...sharing, commitments: [...sharing.commitments].reverse() },
  ];
  const hashes = others.map(other => Buffer.from(sharingHash(other)).toString('hex'));
  assert.equal(new Set(hashes).size, others.length);
});
