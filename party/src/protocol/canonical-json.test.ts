import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalJson, type Json } from './canonical-json.ts';
import { Secret } from './secret.ts';

test('the order of members does not matter, and nothing else is lost', () => {
  const json = fc.letrec<{ value: Json }>(tie => ({
    value: fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.string(),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
    ),
  })).value;
  fc.assert(
    fc.property(json, value => {
      const text = canonicalJson(value);
      assert.equal(canonicalJson(reversed(JSON.parse(text))), text);
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member ?? null)]),
  );
}

test('members are sorted by code units, undefined ones left out', () => {
  assert.equal(canonicalJson({ b: [1, 'ü'], a: null, Z: true, é: {} }), '{"Z":true,"a":null,"b":[1,"ü"],"é":{}}');
  assert.equal(canonicalJson(JSON.parse('{"b":1,"a":-0}')), '{"a":0,"b":1}');
  assert.equal(canonicalJson({ a: undefined }), '{}');
});

test('what is not JSON is refused, with its place and without its value', () => {
  const canary = new Secret(Buffer.from('canary'));
  for (const bad of [canary, Buffer.from('canary'), new Date(), 1.5, 2 ** 53, Number.NaN, 1n, () => 1, '\ud800']) {
    // @ts-expect-error: a Secret is no Json, nor are the others
    const value: Json = { deep: [{ here: bad }] };
    assert.throws(
      () => canonicalJson(value),
      (error: unknown) =>
        error instanceof TypeError && /^\.deep\[0\]\.here has no/.test(error.message) && !/canary/.test(error.message),
    );
  }
});
