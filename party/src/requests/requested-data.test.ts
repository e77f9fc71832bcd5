import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { SignRequest as schema } from '@mpc-operator/crds/kinds/sign-request';
import { MAX_MESSAGE_BYTES } from '@mpc-operator/crds/sign-request';
import fc from 'fast-check';
import { dataOf } from '../protocol/signing/data-to-sign.ts';
import { dataToSign, readRequestedData } from './requested-data.ts';

const key = (changes: Partial<KeyShareSet['spec']> = {}): KeyShareSet['spec'] => ({
  clusterRef: { name: 'c' },
  curve: 'secp256k1',
  purpose: 'ecdsa',
  threshold: 2,
  parties: [1, 2, 3],
  deletionPolicy: 'Retain',
  allowPrehashed: false,
  presignatures: { target: 0 },
  ...changes,
});

const request = (changes: Partial<SignRequest['spec']> = {}): SignRequest => ({
  apiVersion: API_VERSION,
  kind: 'SignRequest',
  metadata: { name: 'r' },
  spec: {
    keyRef: { name: 'k' },
    message: Buffer.alloc(32, 7).toString('base64'),
    deadlineSeconds: 60,
    ttlSecondsAfterFinished: 86_400,
    ...changes,
  },
});

test('a message for an ecdsa key is hashed with SHA-256 unless the request says otherwise', () => {
  assert.deepEqual(readRequestedData(request(), key()), { message: Buffer.alloc(32, 7), digest: 'sha256', path: [] });
  const keccak = readRequestedData(request({ digest: 'keccak256', derivationPath: 'm/44/60' }), key());
  assert.deepEqual(keccak, { message: Buffer.alloc(32, 7), digest: 'keccak256', path: [44, 60] });
});

test('D3: a digest of which nobody sees the message is signed only where the key allows it', () => {
  const prehashed = request({ digest: 'prehashed' });
  const refused = readRequestedData(prehashed, key());
  assert.ok('reason' in refused && refused.reason === 'DigestForbidden');
  const allowed = readRequestedData(prehashed, key({ allowPrehashed: true }));
  assert.ok(!('reason' in allowed));
  assert.deepEqual(dataToSign(allowed), { prehashed: Buffer.alloc(32, 7) });
  const short = readRequestedData(request({ digest: 'prehashed', message: 'AAAA' }), key({ allowPrehashed: true }));
  assert.ok('reason' in short && /a digest has 32 bytes, spec.message has 3/.test(short.message));
});

test('what a key does not do is refused in words, with the field and the remedy', () => {
  const cases: [Partial<SignRequest['spec']>, Partial<KeyShareSet['spec']>, string, RegExp][] = [
    [{ message: 'not base64!' }, {}, 'MessageMalformed', /spec.message/],
    [{ digest: 'sha256' }, { purpose: 'taproot' }, 'DigestMisplaced', /spec.digest is sha256.*leave it out/],
    [{ derivationPath: "m/44'/60" }, {}, 'PathMalformed', /44' is hardened/],
    [{ derivationPath: 'm/2147483648' }, {}, 'PathMalformed', /no index from 0 to 2147483647/],
    [{ derivationPath: 'm/1' }, { curve: 'p256' }, 'PathMalformed', /p256 has no children/],
  ];
  for (const [spec, changes, reason, message] of cases) {
    const fault = readRequestedData(request(spec), key(changes));
    assert.ok('reason' in fault, reason);
    assert.equal(fault.reason, reason);
    assert.match(fault.message, message);
  }
});

/** Whether the API server takes a message. Its rules about messages happen to be JavaScript as well as CEL. */
function isAdmitted(spec: Partial<SignRequest['spec']>): boolean {
  const { message } = request(spec).spec;
  const field = schema.spec.properties.message;
  const has = (value: unknown) => value !== undefined;
  const holds = (rule: string, self: unknown): boolean =>
    runInNewContext(rule, { self, has, size: (text: string) => text.length });
  return (
    new RegExp(field.pattern).test(message) &&
    field['x-kubernetes-validations'].every(({ rule }) => holds(rule, message)) &&
    schema.spec['x-kubernetes-validations']
      .filter(({ rule }) => !rule.includes('oldSelf'))
      .every(({ rule }) => holds(rule, request(spec).spec))
  );
}

const purposes: readonly Partial<KeyShareSet['spec']>[] = [
  { purpose: 'eddsa', curve: 'ed25519' },
  { purpose: 'taproot' },
  { purpose: 'ecdsa' },
];

test('a message has 0 to 65,536 bytes, for the API server and for a party, whatever the key', () => {
  const { maxLength } = schema.spec.properties.message;
  const lengths = [0, 1, 2, 3, 4, 31, 32, 33, 65_533, 65_534, 65_535, 65_536, 65_537, 65_538, 65_539, 87_384, 200_000];
  for (const length of lengths) {
    const bytes = Buffer.alloc(length, length);
    const message = bytes.toString('base64');
    assert.ok(message.length <= maxLength, 'what refuses a message counts its bytes, never its characters');
    assert.equal(isAdmitted({ message }), length <= 65_536, `${length} bytes at the API server`);
    for (const changes of purposes) {
      const read = readRequestedData(request({ message }), key(changes));
      if (length <= 65_536) assert.deepEqual('reason' in read ? read : Buffer.from(read.message), bytes);
      else assert.ok('reason' in read && read.reason === 'MessageTooLong' && read.message.includes(`${length} bytes`));
    }
  }
  assert.equal(MAX_MESSAGE_BYTES, 65_536);
});

test('the digest of the empty message is that of its hash', () => {
  const empty = readRequestedData(request({ message: '' }), key());
  assert.ok(!('reason' in empty));
  const data = dataOf(dataToSign(empty));
  assert.equal(
    Buffer.from(data.digest).toString('hex'),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
});

test('a prehashed message has 32 bytes, for the API server and for a party', () => {
  for (let length = 0; length < 70; length++) {
    const spec = { digest: 'prehashed', message: Buffer.alloc(length).toString('base64') } as const;
    assert.equal(isAdmitted(spec), length === 32, `${length} bytes at the API server`);
    const read = readRequestedData(request(spec), key({ allowPrehashed: true }));
    assert.equal('reason' in read, length !== 32, `${length} bytes at a party`);
  }
});

test('the API server takes the same base64 as a party', () => {
  const text = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'AQgwBEZaz059+/=-_ '), maxLength: 12 }),
    fc.uint8Array({ maxLength: 12 }).map(bytes => Buffer.from(bytes).toString('base64')),
    fc
      .tuple(fc.string({ unit: fc.constantFrom(...'AQgwBEZaz059+/'), minLength: 2, maxLength: 3 }))
      .map(([end]) => `AAAA${end}`.padEnd(8, '=')),
  );
  const same = (message: string) =>
    assert.equal(isAdmitted({ message }), !('reason' in readRequestedData(request({ message }), key())), message);
  fc.assert(fc.property(text, same), { numRuns: 500 });
});
