import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command } from '@mpc-operator/crds/control';
import * as z from 'zod';
import { decodeJson } from './json-message.ts';
import { MAX_PRESENCE_BYTES, presence } from './peers/introduction.ts';
import { decodeSignMessage, encodeSignMessage, type SignMessage } from './requests/invitation.ts';
import { sessionName } from './requests/testing/session-name.ts';

const introduced = { identity: '00'.repeat(32), signature: '00'.repeat(64), incarnation: 1, ready: true };
const session = sessionName('s');
const decline: SignMessage = { type: 'decline', session, reason: 'busy' };
const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const decodePresence = (bytes: Uint8Array) => decodeJson(presence, bytes, MAX_PRESENCE_BYTES);

test('I7: a message above its limit is not even parsed', () => {
  const schema = z.object({ a: z.number() });
  assert.deepEqual(decodeJson(schema, Buffer.from('{"a":1}'), 7), { a: 1 });
  assert.equal(decodeJson(schema, Buffer.from('{"a":1} '), 7), undefined);
});

test('I7: a word of presence and a summons have a limit', () => {
  const [word, signMessage] = [encode(introduced), encodeSignMessage(decline)];
  assert.deepEqual([decodePresence(word), decodeSignMessage(signMessage)], [introduced, decline]);
  const padding = Buffer.alloc(100_000, ' ');
  assert.equal(decodePresence(Buffer.concat([word, padding])), undefined);
  assert.equal(decodeSignMessage(Buffer.concat([signMessage, padding])), undefined);
});

test('I7: deep nesting, bytes that are no JSON and lists above their limit are no message', () => {
  const invitation = {
    type: 'invitation',
    session,
    request: { name: 'r', uid: 'u' },
    keyId: '00'.repeat(16),
    epoch: 1,
    signers: [1, 2],
  };
  assert.ok(decodeSignMessage(encode(invitation)));
  const hostile = [
    Buffer.from('['.repeat(60_000)),
    Buffer.from('{"type":'.repeat(5_000)),
    Buffer.of(0xff, 0xfe, 0),
    Buffer.alloc(0),
    encode(null),
    encode({ ...invitation, signers: Array.from({ length: 17 }, (_, i) => i + 1) }),
    encode({ ...invitation, session: 'a.b' }),
    encode({ ...invitation, session: `${session}0` }),
    encode({ ...invitation, session: session.replace('sign', 'presign') }),
    encode({ ...invitation, epoch: 1.5 }),
  ];
  for (const bytes of hostile) {
    assert.equal(decodeSignMessage(bytes), undefined);
    assert.equal(decodePresence(bytes), undefined);
  }
});

test('I5: an invitation or a keygen of nobody, or of one, is none', () => {
  const spec = { name: 'k', curve: 'ed25519', purpose: 'eddsa', threshold: 2 };
  for (const parties of [[], [1]]) {
    const keygen = { verb: 'keygen', spec: { ...spec, parties }, number: 1, run: '00'.repeat(16), triggers: [] };
    assert.equal(command.safeParse(keygen).success, false);
    const invitation = { type: 'invitation', session, request: { name: 'r', uid: 'u' }, keyId: '00'.repeat(16) };
    assert.equal(decodeSignMessage(encode({ ...invitation, epoch: 1, signers: parties })), undefined);
  }
});

test('I7: of a field that is there twice the last one counts, and what the schema does not know is left out', () => {
  const text = JSON.stringify(introduced).replace('{', '{"ready":false,"__proto__":{"incarnation":9},"more":1,');
  assert.deepEqual(decodePresence(Buffer.from(text)), introduced);
});
