import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { createLogger } from '@mpc-operator/runtime/log';
import { Manager } from '@mpc-operator/runtime/manager';
import { settle } from '@mpc-operator/runtime/testing/fake-clock';
import { createInformers, requestsWaitingFor } from './informers.ts';
import { FakeApi } from './testing/fake-api.ts';
import { keyShareSet, signRequest } from './testing/objects.ts';

/** The cache of SignRequests, when the API server has these. */
async function cacheOf(t: TestContext, items: readonly SignRequest[]) {
  const transport = new FakeApi();
  transport.exchange = async () => ({
    status: 200,
    text: JSON.stringify({ metadata: { resourceVersion: '7' }, items }),
  });
  const log = createLogger({ name: 'test', level: 'error', destination: { write: () => {} } });
  const { requests } = createInformers(new Manager({ name: 'test', transport, log, http: { port: 0 } }));
  const stop = new AbortController();
  const ended = requests.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await settle();
    await ended;
  });
  await requests.waitForSync();
  return requests;
}

test('the cache of SignRequests holds no messages: there may be many, and they are long', async t => {
  const request = signRequest();
  const requests = await cacheOf(t, [request]);
  assert.deepEqual(
    requests.list().map(({ spec }) => spec),
    [{ ...request.spec, message: '' }],
  );
});

test('a change of a key wakes none of its ten thousand finished requests', async t => {
  const finished = Array.from({ length: 10_000 }, (_, i) =>
    signRequest({}, { name: `done-${i}` }, { phase: i % 2 === 0 ? 'Succeeded' : 'Failed' }),
  );
  const open = [signRequest({}, { name: 'new' }), signRequest({}, { name: 'signing' }, { phase: 'Signing' })];
  const requests = await cacheOf(t, [...finished, ...open, signRequest({ keyRef: { name: 'other' } })]);
  assert.equal(requests.list().length, 10_003, 'the operator keeps them: it deletes them when their time is over');
  const woken = requestsWaitingFor(keyShareSet(), { requests });
  assert.deepEqual(woken.map(({ name }) => name).sort(), ['new', 'signing']);
});
