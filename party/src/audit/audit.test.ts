import assert from 'node:assert/strict';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { type TestContext, test } from 'node:test';
import { until } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { FakeHsm } from '../hsm/testing/fake-hsm.ts';
import { Secret } from '../protocol/secret.ts';
import { associatedData } from '../store/secret-name.ts';
import { owner, temporaryPath } from '../store/testing/temporary-store.ts';
import { auditSocket, type SealedRow } from './audit.ts';

async function listening(t: TestContext) {
  const hsm = new FakeHsm();
  const log = new SilentLogger();
  const path = temporaryPath(t);
  const socket = auditSocket(hsm, owner, log);
  await socket.listen(path);
  t.after(() => socket.close());
  return { hsm, log, path };
}

function ask(socketPath: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method: 'POST' }, response => {
      response.setEncoding('utf8');
      let answer = `${response.statusCode} `;
      response.on('data', chunk => {
        answer += chunk;
      });
      response.on('end', () => resolve(answer));
    });
    asking.on('error', reject);
    asking.end(text);
  });
}

test('it says whether the HSM opens a sealed secret, and nothing of the secret', async t => {
  const { hsm, path, log } = await listening(t);
  await hsm.createGeneration(1);
  const canary = Buffer.from('the identity of this party');
  const { iv, ciphertext } = await hsm.seal(1, new Secret(canary), associatedData(owner, { kind: 'identity' }));
  const [base64, sealed] = [iv, ciphertext].map(bytes => Buffer.from(bytes).toString('base64'));
  const row: SealedRow = {
    kind: 'identity',
    subject: '',
    number: 0,
    generation: 1,
    iv: base64 ?? '',
    ciphertext: sealed ?? '',
  };
  assert.equal(await ask(path, JSON.stringify(row)), '200 {"opens":true}');
  await hsm.destroyGeneration(1);
  assert.match(await ask(path, JSON.stringify(row)), /200 {"opens":false,.*no key of generation 1/);
  assert.equal(await ask(path, '{"kind":'), '400 ');
  assert.ok(!JSON.stringify(log.lines).includes(`${canary}`));
});

test('a question that breaks off, or has no end, ends itself and nothing else', async t => {
  const { path, log } = await listening(t);
  const unanswered = () => log.lines.filter(({ message }) => /was not answered/.test(message)).length;
  const socket = createConnection(path);
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"kind"', () => socket.destroy());
  await until(() => unanswered() === 1);
  await assert.rejects(ask(path, 'x'.repeat(1_000_000)));
  assert.equal(unanswered(), 2);
  assert.equal(await ask(path, ''), '400 ');
});
