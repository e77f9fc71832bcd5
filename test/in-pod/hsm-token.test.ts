/**
 * Tests what the party needs of a PKCS#11 token, against a real one: SoftHSM by itself, or the HSM that HSM_MODULE,
 * HSM_TOKEN and HSM_PIN_FILE name. With these variables this file runs anywhere.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HsmClient, type HsmOptions } from '@mpc-operator/party/hsm/client';
import { type HsmConfig, HsmRefused, HsmUnavailable, MAX_PLAINTEXT, type Sealed } from '@mpc-operator/party/hsm/hsm';
import { Secret } from '@mpc-operator/party/protocol/secret';
import { configuredHsm, makeToken, PIN } from './softhsm.ts';

const configured = configuredHsm();

const aad = Buffer.from('bound to this');
const secret = (bytes: Uint8Array) => new Secret(bytes);

function configFor(t: TestContext): HsmConfig {
  return configured ?? makeToken(t);
}

async function connect(t: TestContext, config: HsmConfig, options: Partial<HsmOptions> = {}): Promise<HsmClient> {
  const hsm = start(t, config, options);
  await hsm.whenConnected();
  return hsm;
}

function start(t: TestContext, config: HsmConfig, options: Partial<HsmOptions> = {}): HsmClient {
  const hsm = new HsmClient(config, options);
  t.after(async () => {
    for (const generation of hsm.state.connected ? await hsm.generations() : [])
      await hsm.destroyGeneration(generation);
    await hsm.stop();
  });
  return hsm;
}

const refusal = (code: RegExp) => (error: unknown) => {
  assert.ok(error instanceof HsmRefused, String(error));
  assert.match(error.code, code);
  return true;
};

test('what is sealed comes back, at every size up to the limit', async t => {
  const hsm = await connect(t, configFor(t));
  await hsm.createGeneration(1);
  for (const size of [0, 1, 32, 4096, MAX_PLAINTEXT]) {
    const plaintext = randomBytes(size);
    const sealed = await hsm.seal(1, secret(plaintext), aad);
    assert.equal(sealed.generation, 1);
    assert.equal(sealed.iv.length, 12);
    assert.equal(sealed.ciphertext.length, size + 16);
    assert.deepEqual(Buffer.from((await hsm.open(sealed, aad)).expose()), plaintext);
  }
  await assert.rejects(hsm.seal(1, secret(randomBytes(MAX_PLAINTEXT + 1)), aad), refusal(/^Malformed$/));
});

test('the same bytes sealed twice differ', async t => {
  const hsm = await connect(t, configFor(t));
  await hsm.createGeneration(1);
  const [a, b] = [await hsm.seal(1, secret(Buffer.from('x')), aad), await hsm.seal(1, secret(Buffer.from('x')), aad)];
  assert.notDeepEqual(a.iv, b.iv);
  assert.notDeepEqual(a.ciphertext, b.ciphertext);
});

test('nothing opens but with the very bytes, associated data and generation, and the HSM stays connected', async t => {
  const hsm = await connect(t, configFor(t));
  await hsm.createGeneration(1);
  await hsm.createGeneration(2);
  const sealed = await hsm.seal(1, secret(randomBytes(40)), aad);
  const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
  const wrong: readonly (readonly [Sealed, Uint8Array])[] = [
    [sealed, Buffer.from('bound to that')],
    [sealed, new Uint8Array()],
    [{ ...sealed, generation: 2 }, aad],
    [{ ...sealed, iv: flip(sealed.iv, 0) }, aad],
    [{ ...sealed, ciphertext: flip(sealed.ciphertext, 0) }, aad],
    [{ ...sealed, ciphertext: flip(sealed.ciphertext, sealed.ciphertext.length - 1) }, aad],
    [{ ...sealed, ciphertext: sealed.ciphertext.subarray(1) }, aad],
  ];
  for (const [blob, data] of wrong) await assert.rejects(hsm.open(blob, data), refusal(/^CKR_/));
  for (const blob of [
    { ...sealed, iv: new Uint8Array(11) },
    { ...sealed, ciphertext: new Uint8Array(15) },
  ])
    await assert.rejects(hsm.open(blob, aad), refusal(/^Malformed$/));
  assert.deepEqual(hsm.state, { connected: true });
  await hsm.open(sealed, aad);
});

test('a generation can be made and destroyed again and again; what it sealed dies with it', async t => {
  const hsm = await connect(t, configFor(t));
  assert.deepEqual(await hsm.generations(), []);
  await hsm.createGeneration(10);
  await hsm.createGeneration(9);
  const sealed = await hsm.seal(9, secret(Buffer.from('x')), aad);
  await hsm.createGeneration(9);
  await hsm.open(sealed, aad);
  assert.deepEqual(await hsm.generations(), [9, 10]);
  await hsm.destroyGeneration(9);
  await hsm.destroyGeneration(9);
  assert.deepEqual(await hsm.generations(), [10]);
  await assert.rejects(hsm.open(sealed, aad), refusal(/^KeyMissing$/));
  await assert.rejects(hsm.seal(9, secret(Buffer.from('x')), aad), refusal(/^KeyMissing$/));
  await hsm.createGeneration(9);
  await assert.rejects(hsm.open(sealed, aad), refusal(/^CKR_/), 'a new key of the old number is another key');
});

test('the next process finds the keys of the one before', async t => {
  const config = configFor(t);
  const first = await connect(t, config);
  await first.createGeneration(1);
  const sealed = await first.seal(1, secret(Buffer.from('kept')), aad);
  await first.stop();
  const second = await connect(t, config);
  assert.equal(Buffer.from((await second.open(sealed, aad)).expose()).toString(), 'kept');
});

test('a key that somebody else destroyed is missing, and the HSM stays connected', async t => {
  const config = configFor(t);
  const hsm = await connect(t, config);
  await hsm.createGeneration(1);
  const sealed = await hsm.seal(1, secret(Buffer.from('x')), aad);
  const other = await connect(t, config);
  await other.destroyGeneration(1);
  await assert.rejects(hsm.open(sealed, aad), refusal(/^KeyMissing$/));
  assert.deepEqual(hsm.state, { connected: true });
});

test('keys of another party are not seen', async t => {
  const config = configFor(t);
  const hsm = await connect(t, config);
  await hsm.createGeneration(1);
  const other = await connect(t, { ...config, keyPrefix: config.keyPrefix.replace('/1/kek', '/11/kek') });
  assert.deepEqual(await other.generations(), []);
});

test('random bytes are of the length that was asked for', async t => {
  const hsm = await connect(t, configFor(t));
  const [a, b] = [await hsm.random(32), await hsm.random(32)];
  assert.equal(a.length, 32);
  assert.notDeepEqual(a, b);
});

const exposed =
  'a key whose value somebody may know, or that was half made in a crash, is not used, and gives way to a new one';
test(exposed, async t => {
  const config = makeToken(t);
  const file = join(config.folder, 'known.key');
  writeFileSync(file, 'a key of 32 bytes that they know');
  const plant = (id: string) => {
    const label = `${config.keyPrefix}/1`;
    const where = ['--token', config.token, '--pin', PIN];
    execFileSync('softhsm2-util', ['--import', file, '--aes', ...where, '--label', label, '--id', id, '--force']);
  };
  plant('01');
  const hsm = await connect(t, config);
  assert.deepEqual(await hsm.generations(), []);
  await assert.rejects(hsm.seal(1, secret(Buffer.from('x')), aad), refusal(/^KeyUntrusted$/));
  await assert.rejects(hsm.seal(1, secret(Buffer.from('x')), aad), /not made in this token, or can leave it \(local/);

  await hsm.createGeneration(1);
  assert.deepEqual(await hsm.generations(), [1]);
  const sealed = await hsm.seal(1, secret(Buffer.from('x')), aad);
  await hsm.open(sealed, aad);

  plant('02');
  assert.deepEqual(await hsm.generations(), [], 'which of two is the right one?');
  await assert.rejects(hsm.open(sealed, aad), refusal(/^KeyUntrusted$/));
  await hsm.destroyGeneration(1);
  await assert.rejects(hsm.open(sealed, aad), refusal(/^KeyMissing$/));
});

test('a wrong PIN is tried once, and again when the file has changed', async t => {
  const config = makeToken(t);
  rmSync(config.pinFile);
  writeFileSync(config.pinFile, 'wrong-canary');
  const reasons: string[] = [];
  const hsm = start(t, config, {
    firstPause: 1,
    longestPause: 1,
    onState: state => !state.connected && reasons.push(state.reason),
  });
  while (reasons.length < 2) await new Promise(setImmediate);
  assert.match(reasons[0] ?? '', /CKR_PIN_INCORRECT/);
  assert.match(reasons[1] ?? '', /not tried again until the file changes/);
  assert.doesNotMatch(reasons[1] ?? '', /CKR_/, 'the second process did not ask the token');
  writeFileSync(config.pinFile, PIN);
  await hsm.whenConnected();
  assert.doesNotMatch(reasons.join(), /canary/);
});

test('a module, a token or a PIN file that is not there is named', async t => {
  const config = makeToken(t);
  for (const [wrong, reason] of [
    [{ module: '/nowhere/module.so' }, /\/nowhere\/module\.so/],
    [{ token: 'other' }, /no token other/],
    [{ pinFile: '/nowhere/pin' }, /\/nowhere\/pin/],
  ] as const) {
    const hsm = start(t, { ...config, ...wrong });
    while (hsm.state.connected || hsm.state.reason === 'not connected yet') await new Promise(setImmediate);
    assert.match(hsm.state.reason, reason);
    await assert.rejects(hsm.random(1), HsmUnavailable);
    await hsm.stop();
  }
});
