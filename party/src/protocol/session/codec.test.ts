import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { curves, EncodingError } from '../curve/curve.ts';
import {
  ascii,
  bytes,
  bytesUpTo,
  choice,
  constant,
  type Layout,
  list,
  listUpTo,
  mapped,
  nonZeroScalar,
  optional,
  point,
  scalar,
  struct,
  tryDecode,
  uint,
} from './codec.ts';

const small = fc.uint8Array({ minLength: 0, maxLength: 9 });

/** Layouts with values that they encode. */
const cases: readonly (readonly [string, Layout<unknown>, fc.Arbitrary<unknown>])[] = [
  ['uint', uint(3), fc.integer({ min: 0, max: 2 ** 24 - 1 })],
  ['bytes', bytes(4), fc.uint8Array({ minLength: 4, maxLength: 4 })],
  ['bytesUpTo', bytesUpTo(9), small],
  ['ascii', ascii(12), fc.string({ unit: 'grapheme-ascii', maxLength: 12 })],
  ['choice', choice(['yes', 'no']), fc.constantFrom('yes', 'no')],
  ['constant', constant('tag'), fc.constant(undefined)],
  ['list', list(uint(2), 3), fc.array(fc.integer({ min: 0, max: 65535 }), { minLength: 3, maxLength: 3 })],
  ['listUpTo', listUpTo(bytesUpTo(9), 4), fc.array(small, { maxLength: 4 })],
  ['optional', optional(uint(1)), fc.option(fc.integer({ min: 0, max: 255 }), { nil: undefined })],
  [
    'struct',
    struct({ a: uint(1), b: bytesUpTo(9), c: optional(ascii(3)) }),
    fc.record(
      {
        a: fc.integer({ min: 0, max: 255 }),
        b: small,
        c: fc.option(fc.string({ unit: 'grapheme-ascii', maxLength: 3 }), { nil: undefined }),
      },
      { noNullPrototype: true },
    ),
  ],
  [
    'mapped',
    mapped(
      uint(1),
      n => n * 2,
      n => n / 2,
    ),
    fc.integer({ min: 0, max: 255 }).map(n => n * 2),
  ],
  ['nonZeroScalar', nonZeroScalar(curves.p256), fc.bigInt({ min: 1n, max: curves.p256.order - 1n })],
  ['scalar', scalar(curves.secp256k1), fc.bigInt({ min: 0n, max: curves.secp256k1.order - 1n })],
];

for (const [name, layout, values] of cases) {
  test(`${name}: decode gives back what was encoded, within the limit`, () => {
    fc.assert(
      fc.property(values, value => {
        const encoded = layout.encode(value);
        assert.ok(encoded.length <= layout.maxBytes);
        assert.deepEqual(layout.decode(encoded), value);
      }),
    );
  });

  test(
    `I4, I5, I7: ${name}: ` +
      'decode accepts nothing ' +
      'but what encode makes, ' +
      'and throws nothing but EncodingError',
    () => {
      fc.assert(
        fc.property(values, fc.nat(), fc.nat(255), fc.uint8Array({ maxLength: 40 }), (value, at, byte, junk) => {
          const encoded = layout.encode(value);
          const changed = Uint8Array.from(encoded, (old, i) => (i === at % encoded.length ? byte : old));
          const wrong = [changed, junk, encoded.subarray(0, at % (encoded.length + 1)), Buffer.concat([encoded, junk])];
          for (const input of wrong) {
            const decoded = tryDecode(layout, input);
            if (decoded) assert.deepEqual(Buffer.from(layout.encode(decoded.value)), Buffer.from(input));
          }
        }),
      );
    },
  );
}

test('I1, I5: a list of another length than declared is refused, shorter, longer and empty', () => {
  const three = list(uint(1), 3);
  for (const wrong of [[], [1, 2], [1, 2, 3, 4]]) {
    assert.throws(() => three.encode(wrong), RangeError);
    assert.throws(() => three.decode(Uint8Array.from(wrong)), EncodingError);
  }
});

test('I7: a list or text above its limit is refused also where the message has room for it', () => {
  const roomy = struct({ items: listUpTo(uint(1), 2), text: bytesUpTo(2), rest: bytesUpTo(20) });
  const items = Uint8Array.of(0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0);
  const text = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3, 0, 0, 0, 0);
  for (const wrong of [items, text]) assert.throws(() => roomy.decode(wrong), /3 (items|bytes) where at most 2/);
  assert.throws(() => roomy.encode({ items: [1, 2, 3], text: new Uint8Array(), rest: new Uint8Array() }), RangeError);
});

test('I7: a length that promises more than there is costs nothing', () => {
  const huge = Uint8Array.of(0xff, 0xff, 0xff, 0xff);
  for (const layout of [bytesUpTo(2 ** 31), listUpTo(uint(1), 10), ascii(100), bytesUpTo(10)]) {
    assert.throws(() => layout.decode(huge), EncodingError);
  }
  assert.throws(() => bytesUpTo(2 ** 31).decode(Uint8Array.of(0x7f, 0xff, 0xff, 0xff)), /where 0 are left/);
});

test('I7: what is longer than any value may be is refused before it is read', () => {
  assert.throws(() => bytesUpTo(4).decode(new Uint8Array(9)), /at most 8/);
});

test('wiping the message leaves what was read from it', () => {
  const message = Buffer.from([1, 2, 3, 4]);
  const read = bytes(4).decode(message);
  message.fill(0);
  assert.deepEqual(read, Uint8Array.of(1, 2, 3, 4));
});

test('points and scalars are decoded by the curve', () => {
  for (const curve of [curves.ed25519, curves.secp256k1]) {
    const encoded = point(curve).encode(curve.base);
    assert.ok(curve.equalPoints(point(curve).decode(encoded), curve.base));
    assert.throws(() => point(curve).encode(curve.identity), RangeError);
    assert.throws(() => scalar(curve).decode(new Uint8Array(32).fill(0xff)), EncodingError);
    assert.equal(scalar(curve).decode(new Uint8Array(32)), 0n);
    assert.throws(() => nonZeroScalar(curve).decode(new Uint8Array(32)), EncodingError);
    assert.throws(() => nonZeroScalar(curve).encode(curve.scalar(0n)), RangeError);
  }
});
