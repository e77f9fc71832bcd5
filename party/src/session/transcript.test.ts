import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { sessionContext } from './context.ts';
import { type Absorbable, encodeUnambiguously, Transcript, taggedHash } from './transcript.ts';

const { value } = fc.letrec<{ value: Absorbable }>(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.uint8Array({ maxLength: 4 }),
    fc.string({ maxLength: 4 }),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}));

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('F1: different values have different encodings, equal ones the same', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      const same = hex(encodeUnambiguously(a)) === hex(encodeUnambiguously(b));
      assert.equal(same, deepEqual(a, b));
    }),
    { numRuns: 2000 },
  );
});

test('F1: no text or split of texts passes for another', () => {
  const tuples: Absorbable[] = [
    ['a$', 'b'],
    ['a', '$b'],
    ['a$b'],
    'a$b',
    ['a', 'b'],
    ['ab'],
    [['a'], 'b'],
    ['a', ['b']],
    [],
    [[]],
    '',
    // what separates values may stand in a value
    ['a', 'b\u0001c'],
    ['a\u0001b', 'c'],
    [Uint8Array.of(1, 0, 2), Uint8Array.of(3)],
    [Uint8Array.of(1), Uint8Array.of(2, 0, 3)],
  ];
  assert.equal(new Set(tuples.map(tuple => hex(encodeUnambiguously(tuple)))).size, tuples.length);
});

test('F2: numbers, bytes and lists of the same digits differ', () => {
  const values: Absorbable[] = [
    1,
    '1',
    Uint8Array.of(1),
    Uint8Array.of(0, 1),
    [1],
    [0, 1],
    '\u0001',
    0,
    Uint8Array.of(0),
  ];
  assert.equal(new Set(values.map(v => hex(encodeUnambiguously(v)))).size, values.length);
  for (const wrong of [-1, 1.5, 2 ** 32, Number.NaN]) assert.throws(() => encodeUnambiguously(wrong), RangeError);
  assert.throws(() => encodeUnambiguously('\ud800'), RangeError);
});

test('F5: the tag, every label and every value count', () => {
  const digests = [
    new Transcript('tag', 'value'),
    new Transcript('other', 'value'),
    new Transcript('tag', 'other'),
    new Transcript('tag', 'value').absorb('label', 1),
    new Transcript('tag', 'value').absorb('other', 1),
    new Transcript('tag', 'value').absorb('label', 2),
    new Transcript('tag', 'value').absorb('label').absorb('label', 1),
    new Transcript('tag', 'value').absorb('label', 1, 'label', 1),
  ].map(transcript => hex(transcript.digest()));
  assert.equal(new Set(digests).size, digests.length);
  assert.notEqual(hex(taggedHash('a', 'b')), hex(taggedHash('a', ['b'])));
});

test('a transcript does not change when another is made from it', () => {
  const transcript = new Transcript('tag');
  const before = hex(transcript.digest());
  transcript.absorb('label', 'value');
  assert.equal(hex(transcript.digest()), before);
});

test('P4: as many bytes as are asked for, each of which takes every value', () => {
  const seen = Array.from({ length: 70 }, () => new Set<number>());
  for (let i = 0; i < 3000; i += 1) {
    for (const [at, byte] of new Transcript('test', i).bytes(70).entries()) seen[at]?.add(byte);
  }
  for (const values of seen) assert.equal(values.size, 256);
});

test('P11: a proof context binds session, protocol, label, prover and verifier', () => {
  const sid = new Uint8Array(32);
  const of = (...[label, prover, verifier]: [string, number, number?]) =>
    hex(sessionContext(sid, 'test/v1').proof(label, prover, verifier).digest());
  const digests = [of('a', 1), of('b', 1), of('a', 2), of('a', 1, 2), of('a', 1, 3), of('a', 2, 1)];
  const others = [sessionContext(Uint8Array.from(sid).fill(1), 'test/v1'), sessionContext(sid, 'test/v2')];
  digests.push(...others.map(context => hex(context.proof('a', 1).digest())));
  assert.equal(new Set(digests).size, digests.length);
});

test('F5, F7: nothing is hashed but through a tag, and no tag has two uses', () => {
  const tags = new Map<string, string>();
  for (const file of sourcesOf(['session', 'sharing'])) {
    const source = readFileSync(file, 'utf8');
    if (!file.endsWith('transcript.ts'))
      assert.doesNotMatch(source, /createHash|createHmac|sha256\(|sha512|\bhash\(/, file);
    for (const [, tag] of source.matchAll(/(?:taggedHash|new Transcript)\(\s*'([^']+)'/g)) {
      assert.match(tag ?? '', /^mpc\/v1\//, file);
      assert.equal(tags.get(tag ?? ''), undefined, `${tag} in ${file} and ${tags.get(tag ?? '')}`);
      tags.set(tag ?? '', file);
    }
    for (const [, label] of source.matchAll(/\.proof\(\s*'([^']+)'/g)) {
      assert.ok(!tags.has(`proof ${label}`), `${label} twice`);
      tags.set(`proof ${label}`, file);
    }
  }
  assert.ok(tags.size > 10);
});

function sourcesOf(folders: readonly string[]): readonly string[] {
  const root = join(import.meta.dirname, '..');
  return folders.flatMap(folder =>
    readdirSync(join(root, folder))
      .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map(name => join(root, folder, name)),
  );
}

function deepEqual(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
