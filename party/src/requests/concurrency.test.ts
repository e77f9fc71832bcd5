import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SessionLimit } from './concurrency.ts';

/** A limit, and `wanted` requests that ask it for a place. */
function crowd(wanted: number) {
  const time = { now: 0 };
  const limit = new SessionLimit(() => time.now);
  const inside: { readonly who: number; readonly place: Disposable }[] = [];
  const ask = (who: number): void => {
    const place = limit.enter(`${who}`, () => ask(who));
    if (place) inside.push({ who, place });
  };
  for (let who = 0; who < wanted; who++) ask(who);
  return { time, limit, inside, ask };
}

test('as many enter as there are places, and the others in the order in which they came', () => {
  const { limit, inside } = crowd(20);
  assert.deepEqual(
    inside.map(({ who }) => who),
    [0, 1, 2, 3, 4, 5, 6, 7],
  );
  inside[3]?.place[Symbol.dispose]();
  inside[3]?.place[Symbol.dispose]();
  assert.equal(inside.length, limit.places + 1, 'a place that is given back twice is one place');
  assert.equal(inside.at(-1)?.who, 8);
});

test('sessions that run out of time halve the places, once for all of them, and never below one', () => {
  const { time, limit } = crowd(0);
  for (let i = 0; i < 8; i++) limit.ranOutOfTime();
  assert.equal(limit.places, 4);
  for (let i = 0; i < 10; i++) {
    time.now += 3_000;
    limit.ranOutOfTime();
  }
  assert.equal(limit.places, 1);
});

test('whoever is inside stays when there are fewer places, and nobody enters until there is room', () => {
  const { limit, inside } = crowd(9);
  limit.ranOutOfTime();
  for (const { place } of inside.slice(0, 4)) place[Symbol.dispose]();
  assert.equal(inside.length, 8);
  inside[4]?.place[Symbol.dispose]();
  assert.equal(inside.length, 9);
});

test('sessions that end well make room for more, one place for each time that all were used', () => {
  const { limit, inside } = crowd(40);
  for (let i = 0; i < 9; i++) limit.ended();
  assert.deepEqual([limit.places, inside.length], [9, 9]);
  for (let i = 0; i < 10_000; i++) limit.ended();
  assert.deepEqual([limit.places, inside.length], [32, 32]);
});

test(
  'who is woken and does not come holds up those behind it until it leaves; ' + 'who comes later waits behind them',
  () => {
    const limit = new SessionLimit(() => 0, 1);
    const woken: string[] = [];
    const ask = (who: string) => limit.enter(who, () => woken.push(who));
    const first = ask('a');
    assert.equal(ask('b'), undefined);
    assert.equal(ask('c'), undefined);
    first?.[Symbol.dispose]();
    assert.deepEqual(woken, ['b']);
    assert.deepEqual([ask('d'), ask('c')], [undefined, undefined]);
    limit.leave('b');
    assert.deepEqual(woken, ['b', 'c']);
    assert.ok(ask('c'));
    assert.equal(ask('c'), undefined);
  },
);
