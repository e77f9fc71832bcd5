import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeyReport } from '@mpc-operator/crds/control';
import { keyReport, partyReport } from '../testing/reports.ts';
import { PartyCache } from './party-cache.ts';

const named = (name: string, epoch = 1) => keyReport(epoch, { keyId: name, spec: { ...keyReport(1).spec, name } });

function synced(): PartyCache {
  const cache = new PartyCache();
  cache.take(partyReport(1, { position: 10, keys: 2 }));
  assert.equal(cache.next(), 0);
  cache.add({ keys: [named('a'), named('b')], position: 7, more: false });
  return cache;
}

describe('the cache of a party', () => {
  test('knows nothing before the last page of all keys', () => {
    const cache = new PartyCache();
    assert.equal(cache.next(), undefined, 'a party that never reported is not asked');
    cache.take(partyReport(1, { position: 10, keys: 2 }));
    assert.equal(cache.next(), 0);
    cache.add({ keys: [named('a')], position: 3, more: true });
    assert.equal(cache.keys, undefined);
    assert.equal(cache.next(), 3);
    assert.equal(cache.add({ keys: [named('b')], position: 7, more: false }), 'keys');
    assert.deepEqual(cache.keys, [named('a'), named('b')]);
    assert.equal(cache.next(), undefined);
  });

  test('asks only for what changed since', () => {
    const cache = synced();
    assert.equal(cache.take(partyReport(1, { position: 12, keys: 2 })), false);
    assert.equal(cache.next(), 10);
    assert.equal(cache.add({ keys: [named('b', 2)], position: 12, more: false }), 'keys');
    assert.deepEqual(cache.keys, [named('a'), named('b', 2)]);
  });

  test('a longer log with the same keys is no change', () => {
    const cache = synced();
    cache.take(partyReport(1, { position: 99, keys: 2, sessions: 3 }));
    cache.next();
    assert.equal(cache.add({ keys: [], position: 99, more: false }), 'none');
  });

  test('another number of presignatures is only a count, whatever else is the same', () => {
    const cache = synced();
    const answer = (...keys: KeyReport[]) => {
      cache.take(partyReport(1, { position: 12, keys: 2 }));
      cache.next();
      return cache.add({ keys, position: 12, more: false });
    };
    assert.equal(answer({ ...named('b'), presignatures: 3 }), 'counts');
    assert.equal(answer({ ...named('b'), presignatures: 3 }), 'none');
    assert.equal(cache.keys?.[1]?.presignatures, 3);
    assert.equal(answer({ ...named('b', 2), presignatures: 2 }), 'keys');
    assert.equal(answer(named('c')), 'keys');
  });

  test('what arrives in the meantime is asked for next', () => {
    const cache = synced();
    cache.take(partyReport(1, { position: 12, keys: 2 }));
    cache.next();
    cache.take(partyReport(1, { position: 15, keys: 2 }));
    cache.add({ keys: [], position: 12, more: false });
    assert.equal(cache.next(), 12);
  });

  test('asks for all again when a key is gone', () => {
    const cache = synced();
    cache.take(partyReport(1, { position: 12, keys: 1 }));
    cache.next();
    cache.add({ keys: [], position: 12, more: false });
    assert.equal(cache.next(), 0);
    assert.equal(cache.keys, undefined, 'what may be gone is not known');
    assert.equal(cache.add({ keys: [named('b')], position: 12, more: false }), 'keys');
    assert.deepEqual(cache.keys, [named('b')]);
  });

  test('a key that cannot be read is not taken for one that is gone, nor for one that is not there', () => {
    const cache = synced();
    cache.take(partyReport(1, { position: 12, keys: 3 }));
    cache.next();
    const unread = [{ name: 'b', why: 'spec' }, { why: 'all of it' }];
    assert.equal(cache.add({ keys: [], unread, position: 12, more: false }), 'keys');
    assert.deepEqual(cache.keys, [named('a')]);
    assert.deepEqual(cache.unread, unread);
    assert.equal(cache.next(), undefined, 'all are known, as far as they can be');
    cache.take(partyReport(1, { position: 13, keys: 3 }));
    cache.next();
    assert.equal(cache.add({ keys: [named('b')], position: 13, more: false }), 'keys');
    assert.deepEqual(cache.keys, [named('a'), named('b')]);
  });

  for (const [what, change] of Object.entries({
    'another process': { incarnation: 2 },
    'another identity': { identity: 'f'.repeat(64) },
    'a log that went back': { position: 4 },
  })) {
    test(`asks for all again after ${what}`, () => {
      const cache = synced();
      cache.take(partyReport(1, { position: 10, keys: 2, ...change }));
      assert.equal(cache.keys, undefined);
      assert.equal(cache.next(), 0);
    });
  }

  test('readiness, health and refusals are changes; sessions and positions are none', () => {
    const cache = synced();
    const same = { position: 10, keys: 2 };
    assert.equal(cache.take(partyReport(1, { ...same, sessions: 5, position: 11 })), false);
    assert.equal(cache.take(partyReport(1, { ...same, position: 11, ready: false, message: 'HSM' })), true);
  });
});
