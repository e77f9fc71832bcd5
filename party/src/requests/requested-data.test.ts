import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
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
