import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { HsmClient, type HsmOptions, type HsmState } from './client.ts';
import { HsmRefused, HsmUnavailable } from './hsm.ts';

const hostFile = fileURLToPath(new URL('./testing/fake-host.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'hsm-client-'));
after(() => rmSync(root, { recursive: true }));

/** A client of the fake process, and `order`, which tells that process what to do. */
function connect(t: TestContext, options: Partial<HsmOptions> = {}) {
  const module = mkdtempSync(join(root, 'module-'));
  const states: HsmState[] = [];
  const outcomes: string[] = [];
  const start = () => {
    const hsm = new HsmClient(
      { module, token: 'token', pinFile: 'pin', keyPrefix: 'prefix' },
      {
        hostFile,
        callDeadline: 2_000,
        firstPause: 1,
        longestPause: 20,
        onState: state => states.push(state),
        observe: (op, seconds, outcome) => outcomes.push(`${op} ${outcome} ${seconds > 0}`),
        ...options,
      },
    );
    t.after(() => hsm.stop());
    return hsm;
  };
  const order = (op: string, what: string) => writeFileSync(join(module, op), what);
  const read = (name: string) => readFileSync(join(module, name), 'utf8');
  return { start, order, read, states, outcomes };
}

const pidOf = async (hsm: HsmClient) => (await hsm.generations())[0];

test('a refusal is passed on with its code, and the connection stays', async t => {
  const { start, order, outcomes } = connect(t);
  const hsm = start();
  await hsm.whenConnected();
  const pid = await pidOf(hsm);
  order('open', 'refuse');
  const sealed = { generation: 1, iv: new Uint8Array(12), ciphertext: new Uint8Array(16) };
  await assert.rejects(hsm.open(sealed, new Uint8Array()), (error: unknown) => {
    assert.ok(error instanceof HsmRefused);
    assert.equal(error.code, 'CKR_GENERAL_ERROR');
    return true;
  });
  assert.equal(await pidOf(hsm), pid);
  assert.deepEqual(outcomes, ['generations ok true', 'open refused true', 'generations ok true']);
});

for (const [order, reason] of [
  ['lose', /CKR_DEVICE_ERROR/],
  ['crash', /SIGSEGV/],
  ['hang', /did not answer random within 300 ms/],
] as const) {
  test(
    // biome-ignore lint/style/useTemplate: in one template, the line is too long
    `when a call makes the process ${order}, ` + 'all calls fail as unavailable and another process takes over',
    async t => {
      const { start, order: tell, states } = connect(t, { callDeadline: 300 });
      const hsm = start();
      await hsm.whenConnected();
      const pid = await pidOf(hsm);
      tell('random', order);
      const calls = await Promise.allSettled([hsm.random(1), hsm.generations(), hsm.createGeneration(1)]);
      for (const call of calls) {
        assert.ok(call.status === 'rejected' && call.reason instanceof HsmUnavailable);
        assert.match(call.reason.message, reason);
      }
      tell('random', '');
      await assert.rejects(hsm.generations(), HsmUnavailable);
      await hsm.whenConnected();
      assert.notEqual(await pidOf(hsm), pid);
      assert.deepEqual(
        states.map(state => state.connected),
        [true, false, true],
      );
    },
  );
}

test('while the HSM cannot be reached, attempts go on and calls fail at once with the reason', async t => {
  const { start, order, states } = connect(t);
  order('connect', 'lose');
  const hsm = start();
  await assert.rejects(hsm.generations(), /not connected yet/);
  while (states.length === 0) await new Promise(setImmediate);
  await assert.rejects(hsm.generations(), /not connected: CKR_DEVICE_ERROR/);
  order('connect', '');
  await hsm.whenConnected();
  await hsm.generations();
  assert.deepEqual(states, [{ connected: false, reason: 'CKR_DEVICE_ERROR' }, { connected: true }]);
});

test('a process that hangs while it connects is killed when the party stops', async t => {
  const { start, order } = connect(t, { connectDeadline: 60_000 });
  order('connect', 'hang');
  const hsm = start();
  await hsm.stop();
  await assert.rejects(hsm.generations(), HsmUnavailable);
});

test(
  'a PIN that was refused is named to every process until one has connected, ' + 'so that it is not tried again',
  async t => {
    const { start, order, states, read } = connect(t);
    const until = async (reason: string) => {
      while (!states.some(state => !state.connected && state.reason === reason)) await new Promise(setImmediate);
    };
    order('connect', 'pin');
    const hsm = start();
    await until('the HSM refused the PIN');
    order('connect', 'lose');
    await until('CKR_DEVICE_ERROR');
    order('connect', '');
    await hsm.whenConnected();
    assert.equal(read('refused-pin'), 'state-1');
    order('random', 'lose');
    await assert.rejects(hsm.random(1), HsmUnavailable);
    await hsm.whenConnected();
    assert.equal(read('refused-pin'), 'undefined');
  },
);

test('stop ends the process', async t => {
  const { start } = connect(t);
  const hsm = start();
  await hsm.whenConnected();
  const pid = (await pidOf(hsm)) ?? 0;
  await hsm.stop();
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('the process ends with the party, however that ends', async () => {
  const party = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { HsmClient } = await import(${JSON.stringify(new URL('./client.ts', import.meta.url).href)});
       const hsm = new HsmClient({ module: '/', token: '', pinFile: '', keyPrefix: '' }, ` +
        `{ hostFile: ${JSON.stringify(hostFile)} });
       await hsm.whenConnected();
       console.log((await hsm.generations())[0]);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = await once(party.stdout, 'data');
  const pid = Number(String(line));
  party.kill('SIGKILL');
  await once(party, 'exit');
  while (isAlive(pid)) await new Promise(resolve => setTimeout(resolve, 5));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a machine that cannot start the process is waited for like a lost HSM', async t => {
  const { start, states } = connect(t, { hostFile: '\0' });
  const hsm = start();
  while (states.length === 0) await new Promise(resolve => setImmediate(resolve));
  assert.equal(hsm.state.connected, false);
  await assert.rejects(hsm.generations(), HsmUnavailable);
});
