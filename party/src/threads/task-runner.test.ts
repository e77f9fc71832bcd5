import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSigner } from '../protocol/session/simulator.ts';
import { makeShares } from '../protocol/sharing/testing/keys.ts';
import { auxiliaryHash } from '../protocol/signing/cggmp24/auxiliary.ts';
import { decodeAuxiliary, encodeAuxiliary } from '../protocol/signing/cggmp24/auxiliary-record.ts';
import { testParameters } from '../protocol/signing/cggmp24/testing/parameters.ts';
import { testPrimes } from '../protocol/signing/cggmp24/testing/primes.ts';
import { makeAuxiliary } from '../protocol/signing/cggmp24/testing/simulations.ts';
import { plainShare } from './plain-share.ts';
import { TaskRunner } from './task-runner.ts';

const levels = { 112: testParameters, 128: testParameters };
const auxiliary = (await makeAuxiliary(2)).get(1) ?? assert.fail();
const [share = assert.fail()] = await makeShares('secp256k1', 2, 2);
const [p = 0n, q = 0n, ringP = 0n, ringQ = 0n] = testPrimes;
const record = () => encodeAuxiliary(auxiliary, { p, q, ringP, ringQ }, testParameters);
const signers = [makeSigner(), makeSigner()];
const [signer = assert.fail()] = signers;

/** A session whose only other party never joins. */
const alone = (values: Uint8Array) => ({
  me: 1,
  signer,
  channel: { send: () => {}, listen: () => () => {} },
  parameters: {
    ...{ session: 's', protocol: 'p', suite: 's', key: 'k', epoch: 1, threshold: 2 },
    members: signers.map(({ publicKey: identity }, i) => ({ id: i + 1, identity })),
    extras: { auxiliary: values },
  },
  standing: { incarnation: 1, position: 0, head: new Uint8Array(32) },
  acceptStandings: () => {},
  claimSid: () => true,
  signal: AbortSignal.timeout(1),
});

const presign = (runner: TaskRunner, values = auxiliaryHash(auxiliary.all)) =>
  runner.run('presign', { auxiliary: { generation: 1, level: 112 }, share: plainShare(share) }, alone(values));

test('auxiliary information comes out of its record as it went in', () => {
  const decoded = decodeAuxiliary(record(), 1, testParameters);
  assert.deepEqual(auxiliaryHash(decoded.all), auxiliaryHash(auxiliary.all));
  assert.deepEqual(decoded.paillier.factors(), auxiliary.paillier.factors());
});

test('a thread that has auxiliary information uses it until it is told to let go of it', async () => {
  const runner = new TaskRunner(levels);
  runner.prepare({ me: 1, auxiliary: { generation: 1, level: 112, record: record() } });
  await assert.rejects(presign(runner), { name: 'Timeout' });
  runner.forget(2);
  await assert.rejects(presign(runner), /auxiliary information 1 is not in this thread/);
});

test('it uses no other auxiliary information than what the signers have agreed on', async () => {
  const runner = new TaskRunner(levels);
  runner.prepare({ me: 1, auxiliary: { generation: 1, level: 112, record: record() } });
  await assert.rejects(presign(runner, new Uint8Array(32)), /not the certified one/);
});
