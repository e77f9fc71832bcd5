import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { deepFreeze, digest, equal, mergePatch } from './json.ts';

const object = fc.dictionary(fc.string(), fc.jsonValue());

describe('equality', () => {
  test('does not care for the order of members, nor for undefined ones', () => {
    assert.ok(equal({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2, e: undefined }, a: 1 }));
    assert.ok(!equal({ a: [1, 2] }, { a: [2, 1] }));
    assert.ok(!equal({ a: null }, {}));
  });

  test('is that of the digests', () => {
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => equal(a, b) === (digest(a) === digest(b))));
  });
});

describe('a JSON merge patch', () => {
  /** RFC 7386, appendix A. */
  const vectors: readonly (readonly [target: unknown, patch: unknown, result: unknown])[] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of vectors) {
    test(`${JSON.stringify(patch)} makes ${JSON.stringify(target)} to ${JSON.stringify(result)}`, () => {
      assert.deepEqual(mergePatch(target, patch), result);
    });
  }

  test('changes nothing the second time', () => {
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const once = mergePatch(target, patch);
        assert.ok(equal(mergePatch(once, patch), once));
      }),
    );
  });

  test('is not led to the prototype of objects by a member of that name', () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__":{"polluted":true}}'));
    assert.equal(Reflect.get({}, 'polluted'), undefined);
    assert.equal(JSON.stringify(merged), '{"__proto__":{"polluted":true}}');
  });
});

test('freezing reaches the bottom', () => {
  const frozen = deepFreeze({ a: [{ b: 1 }] });
  assert.throws(() => Object.assign(frozen.a[0] ?? {}, { b: 2 }), TypeError);
});
