/** The party's HSM over p11-kit, as in the cluster, and every way in which the sidecar can fail. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HsmClient, type HsmOptions } from '@mpc-operator/party/hsm/client';
import { HsmRefused, HsmUnavailable, MAX_PLAINTEXT, type Sealed } from '@mpc-operator/party/hsm/hsm';
import { Secret } from '@mpc-operator/party/protocol/secret';
import { kill, Sidecar } from './p11-kit.ts';

const aad = Buffer.from('bound to this');
/** Milliseconds: more than any call takes, on however busy a machine. */
const CALL_DEADLINE = 3_000;

function start(t: TestContext, sidecar: Sidecar, options: Partial<HsmOptions> = {}): HsmClient {
  const hsm = new HsmClient(sidecar.config, {
    callDeadline: CALL_DEADLINE,
    firstPause: 10,
    longestPause: 100,
    ...options,
  });
  t.after(() => hsm.stop());
  return hsm;
}

/** Returns a connected HSM with a secret sealed in it. */
async function sealing(t: TestContext): Promise<{ sidecar: Sidecar; hsm: HsmClient; sealed: Sealed }> {
  const sidecar = new Sidecar(t);
  await sidecar.start();
  const hsm = start(t, sidecar);
  await hsm.whenConnected();
  await hsm.createGeneration(1);
  const sealed = await hsm.seal(1, new Secret(Buffer.from('share')), aad);
  return { sidecar, hsm, sealed };
}

const opens = async (hsm: HsmClient, sealed: Sealed) =>
  assert.equal(Buffer.from((await hsm.open(sealed, aad)).expose()).toString(), 'share');

test('sealing, opening, refusing and destroying work over p11-kit', async t => {
  const { hsm, sealed } = await sealing(t);
  await opens(hsm, sealed);
  const largest = new Secret(new Uint8Array(MAX_PLAINTEXT).fill(7));
  const opened = await hsm.open(await hsm.seal(1, largest, aad), aad);
  assert.deepEqual(Buffer.from(opened.expose()), Buffer.from(largest.expose()));
  await assert.rejects(hsm.open(sealed, Buffer.from('other')), HsmRefused);
  await hsm.destroyGeneration(1);
  await assert.rejects(hsm.open(sealed, aad), HsmRefused);
  assert.deepEqual(hsm.state, { connected: true });
});

test('a sidecar that starts after the party is found', async t => {
  const sidecar = new Sidecar(t);
  const reasons: string[] = [];
  const hsm = start(t, sidecar, { onState: state => !state.connected && reasons.push(state.reason) });
  while (reasons.length === 0) await new Promise(setImmediate);
  await assert.rejects(hsm.generations(), HsmUnavailable);
  await sidecar.start();
  await hsm.whenConnected();
  assert.deepEqual(await hsm.generations(), []);
});

test('SIGKILL of the process that serves the connection: unavailable, then back with all keys', async t => {
  const { sidecar, hsm, sealed } = await sealing(t);
  sidecar.killConnections();
  await assert.rejects(hsm.open(sealed, aad), HsmUnavailable);
  await hsm.whenConnected();
  await opens(hsm, sealed);
});

test('SIGKILL of the server: the connection goes on; then of the connection: back when the server is', async t => {
  const { sidecar, hsm, sealed } = await sealing(t);
  const remotes = sidecar.remotes();
  await sidecar.killServer();
  await opens(hsm, sealed);
  for (const pid of remotes) kill(pid);
  await assert.rejects(hsm.open(sealed, aad), HsmUnavailable);
  await assert.rejects(hsm.open(sealed, aad), HsmUnavailable);
  await sidecar.start();
  await hsm.whenConnected();
  await opens(hsm, sealed);
});

test('SIGKILL of all of the sidecar, twice: back each time', async t => {
  const { sidecar, hsm, sealed } = await sealing(t);
  for (const _ of [1, 2]) {
    await sidecar.killAll();
    await assert.rejects(hsm.open(sealed, aad), HsmUnavailable);
    await sidecar.start();
    await hsm.whenConnected();
    await opens(hsm, sealed);
  }
});

test('a connection that hangs is given up after the deadline, and another one serves', async t => {
  const { sidecar, hsm, sealed } = await sealing(t);
  const [hung] = sidecar.remotes();
  assert.ok(hung !== undefined);
  process.kill(hung, 'SIGSTOP');
  let beats = 0;
  const heart = setInterval(() => (beats += 1), 10);
  await assert.rejects(hsm.open(sealed, aad), /did not answer open within 3000 ms/);
  clearInterval(heart);
  assert.ok(beats > 5, 'the party went on meanwhile');
  await hsm.whenConnected();
  await opens(hsm, sealed);
  kill(hung);
});

test('one connection at a time, whatever happened before', async t => {
  const { sidecar, hsm, sealed } = await sealing(t);
  for (const _ of [1, 2, 3]) {
    sidecar.killConnections();
    await assert.rejects(hsm.open(sealed, aad), HsmUnavailable);
    await hsm.whenConnected();
  }
  assert.equal(sidecar.remotes().length, 1);
});
