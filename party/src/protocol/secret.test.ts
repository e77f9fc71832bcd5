import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Secret } from './secret.ts';

test('T8: a secret prints as <redacted> wherever it lands', () => {
  const secret = new Secret('hunter2');
  const holder = { name: 'share', secret };
  for (const text of [
    `${secret}`,
    String(secret),
    `${secret}x`,
    JSON.stringify(holder),
    inspect(holder, { depth: 9, showHidden: true }),
  ]) {
    assert.ok(!text.includes('hunter2'), text);
    assert.match(text, /<redacted>/);
  }
});

test('a secret comes out by expose only', () => {
  assert.equal(new Secret('hunter2').expose(), 'hunter2');
});

test('T8: a wiped secret has its bytes overwritten and refuses use', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const secret = new Secret(bytes);
  secret.wipe();
  assert.deepEqual(bytes, new Uint8Array(3));
  assert.throws(() => secret.expose(), /after it was wiped/);
});

test('a secret in use is wiped at the end of its block', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  {
    using secret = new Secret(bytes);
    assert.equal(secret.expose(), bytes);
  }
  assert.deepEqual(bytes, new Uint8Array(3));
});
