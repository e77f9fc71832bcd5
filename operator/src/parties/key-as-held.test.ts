import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyShareSet } from '../testing/objects.ts';
import { keyReport, view, views, withView } from '../testing/reports.ts';
import { keyAsHeld } from './key-as-held.ts';

const sharing = (threshold: number, parties = [1, 2, 3]) => ({
  spec: { ...keyReport(1).spec, threshold, parties },
});

test('a key that is held as the spec asks is taken as it is, whatever the order of its parties', () => {
  const key = keyShareSet({ parties: [3, 1, 2] });
  assert.deepEqual(keyAsHeld(key, views([keyReport(1)])), { key });
});

test('a key has the threshold and parties that its parties hold, and the difference is described', () => {
  const { key, difference } = keyAsHeld(keyShareSet({ threshold: 3, parties: [1, 2, 9] }), views([keyReport(1)]));
  assert.deepEqual([key.spec.threshold, key.spec.parties], [2, [1, 2, 3]]);
  assert.equal(key.metadata.name, 'treasury');
  assert.match(difference ?? '', /spec.threshold is 3, but the key has 2; spec.parties is 1, 2, 9, but .* 1, 2, 3/);
  assert.match(difference ?? '', /Retain, and apply/);
});

test('as many parties must report a sharing as its threshold: one alone changes nothing', () => {
  const asked = keyShareSet({ threshold: 3 });
  const liar = view(1, [keyReport(1, sharing(2))]);
  assert.deepEqual(keyAsHeld(asked, withView(views([keyReport(1, sharing(3))]), liar)), { key: asked });
  assert.deepEqual(keyAsHeld(asked, new Map([[1, liar]])), { key: asked });
  const outsider = view(4, [keyReport(1)]);
  const reports = new Map([
    [1, view(1, [keyReport(1)])],
    [4, outsider],
  ]);
  assert.deepEqual(keyAsHeld(asked, reports), { key: asked }, 'a party that the sharing does not name');
});

test('of two sharings that are both held neither counts, and a key of another kind never does', () => {
  const asked = keyShareSet({ threshold: 4, parties: [1, 2, 3, 4] });
  const [two, other] = [keyReport(1, sharing(2, [1, 2])), keyReport(1, sharing(2, [3, 4]))];
  const both = new Map([...views([two], [1, 2]), ...views([other], [3, 4])]);
  assert.deepEqual(keyAsHeld(asked, both), { key: asked });
  const taproot = keyReport(1, { spec: { ...keyReport(1).spec, curve: 'secp256k1', purpose: 'taproot' } });
  assert.deepEqual(keyAsHeld(asked, views([taproot])), { key: asked });
});
