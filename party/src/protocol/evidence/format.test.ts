import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Absorbable, encodeUnambiguously } from '../session/transcript.ts';
import { absorbable, readAbsorbable, showAbsorbable } from './absorbable.ts';
import { MAX_EVIDENCE_BYTES, readEvidence } from './format.ts';

const leaf: fc.Arbitrary<Absorbable> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'grapheme' }),
  fc.nat(0xffffffff),
  fc.bigInt(),
);
const values = fc.oneof(leaf, fc.array(leaf), fc.array(fc.array(leaf)));

test('whatever a context holds is read back as what it was, so that its hash is the same', () => {
  fc.assert(
    fc.property(values, value => {
      const shown = absorbable.parse(JSON.parse(JSON.stringify(showAbsorbable(value))));
      assert.deepEqual(encodeUnambiguously(readAbsorbable(shown)), encodeUnambiguously(value));
    }),
  );
});

test('a value has one spelling', () => {
  for (const other of [
    { bytes: 'AB' },
    { bytes: 'abc' },
    { bytes: '0xab' },
    { integer: '007' },
    { integer: '-0' },
    { integer: '+7' },
    { number: 1.5 },
    { number: -1 },
    { text: '\ud800' },
    { text: 'a', bytes: '' },
    {},
    'a',
  ])
    assert.ok(!absorbable.safeParse(other).success, JSON.stringify(other));
});

test('I7: what is too long or too deep is no evidence, and ends at that', () => {
  assert.deepEqual(readEvidence('0'.repeat(MAX_EVIDENCE_BYTES + 1)), {
    fault: `more than ${MAX_EVIDENCE_BYTES} bytes`,
  });
  const deep = `${'{"list":['.repeat(50_000)}${']}'.repeat(50_000)}`;
  assert.ok('fault' in readEvidence(deep));
  const many = `[${'0,'.repeat(20_000)}0]`;
  assert.deepEqual(readEvidence(`{"messages":${many}}`), { fault: 'more than 16384 values' });
  const extras = `[{"name":"a","value":${deep}}]`;
  assert.ok('fault' in readEvidence(`{"version":1,"session":{"extras":${extras}}}`));
});
