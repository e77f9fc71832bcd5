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
    // a separator of values may stand in a value
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
  assert.notEqual(hex(taggedHash('a', 'b')), hex(taggedHash('c', 'b')));
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

/** The files that hash without `taggedHash`, and what keeps each hash apart from all others. */
const HASHING: { readonly [file: string]: string } = {
  'protocol/session/transcript.ts': 'the tagged hash itself',
  'protocol/signing/frost/suite.ts': 'RFC 9591: prefix of suite and use',
  'protocol/signing/frost/ed25519.ts': 'RFC 9591; RFC 8032 for the challenge',
  'protocol/signing/frost/secp256k1.ts': 'RFC 9591: prefix of suite and use',
  'protocol/signing/taproot.ts': 'BIP-340: tagged',
  'protocol/signing/data-to-sign.ts': 'the digest that is signed',
  'protocol/signing/hd.ts': 'BIP-32; under a tag of its own for ed25519',
  'protocol/chains/bitcoin.ts': 'the standard',
  'protocol/chains/ethereum.ts': 'the standard',
  'store/chain.ts': 'a tag of its own, in JSON: an auditor computes it',
  'requests/leadership.ts': 'an order, no commitment',
  'bans/bans.ts': 'the name of a file, as sha256sum shows it',
  'protocol/identity/identity.ts': 'fingerprint: what people compare',
  'sealing/rotate-sealing-key.ts': 'compares what is read back with what was written; never leaves the process',
};

const sources = readdirSync(join(import.meta.dirname, '../..'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('testing'))
  .map(name => [name, withoutComments(readFileSync(join(import.meta.dirname, '../..', name), 'utf8'))] as const);

test('F5: no tag and no label of a proof has two uses', () => {
  const uses = sources.flatMap(([file, source]) => [
    ...[...source.matchAll(/['"`](mpc\/v\d+\/[a-z\d/-]+)/g)].map(([, tag]) => ({ tag, file })),
    ...[...source.matchAll(/\.proof\(\s*['"`]([^'"`]+)/g)].map(([, label]) => ({ tag: `proof ${label}`, file })),
  ]);
  const twice = uses.filter(({ tag }, i) => uses.findIndex(other => other.tag === tag) !== i);
  assert.deepEqual(twice, []);
  assert.ok(uses.length > 20, `${uses.length} tags`);
});

test('F5: every hash of ours has a tag that is written where it is used', () => {
  for (const [file, source] of sources) {
    if (file === 'protocol/session/transcript.ts') continue;
    for (const [call, tag] of source.matchAll(/(?:\btaggedHash|new Transcript)\(\s*([^,)\s]+)/g))
      assert.match(tag ?? '', /^'mpc\/v1\//, `${call} in ${file}`);
    for (const [call, first] of source.matchAll(/\bencodeUnambiguously\(\s*(\[?\s*[^,)\s]+)/g))
      assert.match(first ?? '', /^(\[\s*'mpc\/v1\/|use$)/, `${call} in ${file}`);
  }
});

test('F7: nothing is hashed but through a tag, or as a standard says', () => {
  const hashing = sources.filter(([, source]) =>
    /\b(createHash|createHmac|hash_to_field|sha\d+|blake\w+|keccak\w*|ripemd160|hash)\(|\bsha\d+,/.test(source),
  );
  assert.deepEqual(
    hashing.map(([file]) => file).filter(file => !(file in HASHING)),
    [],
  );
});

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

function deepEqual(a: unknown, b: unknown): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
