import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds } from '../kinds.ts';
import type { Schema } from '../schema.ts';
import { quantity } from './quantity.ts';

/** All schemas at and below one, by their paths. */
function schemas(schema: Schema, path: string): [string, Schema][] {
  const below =
    schema.type === 'array'
      ? schemas(schema.items, `${path}[]`)
      : schema.type !== 'object'
        ? []
        : 'properties' in schema
          ? Object.entries(schema.properties).flatMap(([name, property]) => schemas(property, `${path}.${name}`))
          : schemas(schema.additionalProperties, `${path}.*`);
  return [[path, schema], ...below];
}

test('a quantity is a whole number or a string, wherever one stands', () => {
  const all = kinds.flatMap(({ kind, spec }) => schemas(spec, kind));
  const stands = all.filter(([path]) => /\.(requests|limits)\.\*$|\.storage\.(store|token)$/.test(path));
  assert.equal(stands.length, 8);
  for (const [path, schema] of stands) assert.equal(schema.type, undefined, path);
  for (const [path, schema] of stands) assert.ok('x-kubernetes-int-or-string' in schema, path);
  const others = all.filter(([, schema]) => 'pattern' in schema && schema.pattern === quantity.pattern);
  assert.deepEqual(others, stands, 'every other field with the form of a quantity');
});

test('a quantity in quotes has the forms that Kubernetes takes, and no others', () => {
  const pattern = new RegExp(quantity.pattern);
  for (const taken of ['1', '0.5', '.5', '1.', '+1', '100m', '256Mi', '1073741824', '2E', '1e3', '1E-3', '5n', '1k'])
    assert.match(taken, pattern);
  for (const refused of ['', 'Mi', '-1', '1 Gi', '1gb', '1KB', '1K', '0x10', '1e', '1.5.2', 'Infinity'])
    assert.doesNotMatch(refused, pattern);
  assert.equal(quantity.minimum, 0, 'a number without quotes is not negative either');
});
