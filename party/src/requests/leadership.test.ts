import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseSigners, leaderOrder } from './leadership.ts';
import { turnOf } from './takeover.ts';
import { uidFor } from './testing/uids.ts';

const uid = fc.uuid();
const parties = fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 2, maxLength: 16 });
const none: ReadonlySet<number> = new Set();
const noTroubles: ReadonlyMap<number, number> = new Map();

test('every party computes the same order of leaders, whatever the order of the list', () => {
  fc.assert(
    fc.property(uid, parties, (id, list) => {
      assert.deepEqual(leaderOrder(id, list), leaderOrder(id, [...list].reverse()));
      assert.deepEqual(new Set(leaderOrder(id, list)), new Set(list));
    }),
  );
});

test('requests spread over the parties', () => {
  const leaders = Array.from({ length: 300 }, (_, i) => leaderOrder(`uid-${i}`, [1, 2, 3])[0]);
  for (const p of [1, 2, 3]) assert.ok(leaders.filter(l => l === p).length > 50);
});

test('exactly one of the parties that are there leads at once, and the turns of the others follow one by one', () => {
  fc.assert(
    fc.property(uid, parties, (id, list) => {
      const present = new Set(list.slice(1));
      const turns = list.slice(1).map(p => turnOf(p, id, list, present));
      assert.deepEqual(
        turns.sort((a, b) => a - b),
        [...turns.keys()],
      );
    }),
  );
});

test('a party leads even if it does not hear itself', () => {
  assert.equal(turnOf(2, 'uid', [1, 2, 3], none), 0);
});

test('exactly threshold signers are chosen, the leader among them, none of them a culprit', () => {
  fc.assert(
    fc.property(uid, parties, fc.nat(), fc.nat(), (id, list, t, c) => {
      const threshold = 2 + (t % (list.length - 1));
      const leader = list[0] ?? assert.fail();
      const culprits = new Set(list.slice(1, 1 + (c % list.length)));
      const signers = chooseSigners(id, {
        leader,
        parties: list,
        threshold,
        present: new Set(list),
        failures: noTroubles,
        culprits,
      });
      const enough = list.length - culprits.size >= threshold;
      assert.equal(signers?.length, enough ? threshold : undefined);
      if (signers === undefined) return;
      assert.ok(signers.includes(leader));
      assert.ok(signers.every(p => !culprits.has(p)));
      assert.deepEqual(
        signers,
        [...new Set(signers)].sort((a, b) => a - b),
      );
    }),
  );
});

test('one that did not answer is replaced, and asked again only if nobody else is left', () => {
  const all = { leader: 1, parties: [1, 2, 3], threshold: 2, present: new Set([1, 2, 3]), culprits: none };
  const once = (...parties: number[]) => new Map(parties.map(p => [p, 1]));
  const id = uidFor([1, 2, 3]);
  assert.deepEqual(chooseSigners(id, { ...all, failures: once(2) }), [1, 3]);
  assert.deepEqual(chooseSigners(id, { ...all, failures: once(3) }), [1, 2]);
  assert.equal(chooseSigners(id, { ...all, failures: once(2, 3) })?.length, 2);
});

test('who should have led and did not is asked only if nobody else is left', () => {
  const all = { leader: 2, parties: [1, 2, 3], threshold: 2, culprits: none, failures: noTroubles };
  const id = uidFor([1, 2, 3]);
  assert.deepEqual(chooseSigners(id, { ...all, present: new Set([1, 2, 3]) }), [2, 3]);
  assert.deepEqual(chooseSigners(id, { ...all, present: new Set([1, 2]) }), [1, 2]);
});

test('whoever spoils sessions unseen, and lets others seem silent, is left out in the end', () => {
  const sizes = fc.integer({ min: 3, max: 7 }).chain(n => fc.tuple(fc.constant(n), fc.integer({ min: 2, max: n - 1 })));
  fc.assert(
    fc.property(uid, sizes, fc.nat(), (id, [n, threshold], b) => {
      const list = Array.from({ length: n }, (_, i) => i + 1);
      const bad = 2 + (b % (n - 1));
      const failures = new Map<number, number>();
      const all = { leader: 1, parties: list, threshold, present: new Set(list), culprits: none, failures };
      for (let session = 1; session <= 2 * n; session++) {
        const signers = chooseSigners(id, all) ?? assert.fail();
        if (!signers.includes(bad)) return;
        for (const p of signers) failures.set(p, (failures.get(p) ?? 0) + (p === bad ? 1 : 1.001));
      }
      assert.fail('all sessions were with the one who spoils them');
    }),
  );
});

test('nobody is asked who is not there', () => {
  const c = {
    leader: 1,
    parties: [1, 2, 3],
    threshold: 2,
    present: new Set([1]),
    failures: noTroubles,
    culprits: none,
  };
  assert.equal(chooseSigners('uid', c), undefined);
});
