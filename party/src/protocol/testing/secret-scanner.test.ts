import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { SecretScanner } from './secret-scanner.ts';

const secrets = fc.integer().map(n => createHash('sha256').update(`${n}`).digest());
const around = fc.uint8Array({ maxLength: 10 });

/** Ways in which secrets get into logs, objects and files. */
const leaks: { readonly [form: string]: (secret: Buffer, before: Buffer, after: Buffer) => Uint8Array | string } = {
  bytes: (s, b, a) => Buffer.concat([b, s, a]),
  'bytes as text': s => s.toString('latin1'),
  hex: (s, b, a) => Buffer.concat([b, s, a]).toString('hex'),
  'hex in capitals': s => s.toString('hex').toUpperCase(),
  base64: (s, b, a) => Buffer.concat([b, s, a]).toString('base64'),
  base64url: (s, b, a) => Buffer.concat([b, s, a]).toString('base64url'),
  'a big-endian number': s => `n=${BigInt(`0x${s.toString('hex')}`)}`,
  'a little-endian number': s => `n=${BigInt(`0x${Buffer.from(s).reverse().toString('hex')}`)}`,
  'hex of a little-endian number': s =>
    BigInt(`0x${Buffer.from(s).reverse().toString('hex')}`)
      .toString(16)
      .padStart(2 * s.length, '0'),
  'a Buffer as JSON': s => JSON.stringify(s),
  'a Uint8Array as JSON': s => JSON.stringify(Uint8Array.from(s)),
  'a list that is inspected': s =>
    inspect([...s], { breakLength: Number.POSITIVE_INFINITY, maxArrayLength: null, compact: true }),
};

for (const [form, leak] of Object.entries(leaks)) {
  test(`a secret is found as ${form}`, () => {
    fc.assert(
      fc.property(secrets, around, around, (secret, before, after) => {
        const scanner = new SecretScanner();
        scanner.add('share', secret);
        const text = leak(secret, Buffer.from(before), Buffer.from(after));
        assert.notDeepEqual(scanner.in(text), []);
      }),
    );
  });
}

test('what is not there is not found', () => {
  fc.assert(
    fc.property(secrets, fc.uint8Array({ minLength: 1, maxLength: 500 }), (secret, other) => {
      fc.pre(!Buffer.from(other).includes(secret));
      const scanner = new SecretScanner();
      scanner.add('share', secret);
      for (const leak of Object.values(leaks)) {
        assert.deepEqual(scanner.in(leak(Buffer.from(other), Buffer.alloc(0), Buffer.alloc(0))), []);
      }
    }),
  );
});
