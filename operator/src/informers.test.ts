import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '@mpc-operator/runtime/log';
import { Manager } from '@mpc-operator/runtime/manager';
import { settle } from '@mpc-operator/runtime/testing/fake-clock';
import { createInformers } from './informers.ts';
import { FakeApi } from './testing/fake-api.ts';
import { signRequest } from './testing/objects.ts';

test('the cache of SignRequests holds no messages: there may be many, and they are long', async () => {
  const transport = new FakeApi();
  const request = signRequest();
  transport.exchange = async () => ({
    status: 200,
    text: JSON.stringify({ metadata: { resourceVersion: '7' }, items: [request] }),
  });
  const log = createLogger({ name: 'test', level: 'error', destination: { write: () => {} } });
  const { requests } = createInformers(new Manager({ name: 'test', transport, log, http: { port: 0 } }));
  const stop = new AbortController();
  const ended = requests.run(stop.signal);
  await requests.waitForSync();
  assert.deepEqual(
    requests.list().map(({ spec }) => spec),
    [{ ...request.spec, message: '' }],
  );
  stop.abort();
  await settle();
  await ended;
});
