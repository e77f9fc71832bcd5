import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { ApiClient } from '@mpc-operator/runtime/client';
import { Controller } from '@mpc-operator/runtime/controller';
import { FakeApi } from '@mpc-operator/runtime/testing/fake-api';
import { FakeClock, settle } from '@mpc-operator/runtime/testing/fake-clock';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import type { Transport } from '@mpc-operator/runtime/transport';
import { Watch } from './watch.ts';

const path = (plural: string) => `/apis/${API_VERSION}/namespaces/ns/${plural}`;
const FINISHED = 10_000;
const open = ['a', 'b', 'c'];

const request = (name: string, status?: SignRequest['status']): SignRequest => ({
  apiVersion: API_VERSION,
  kind: 'SignRequest',
  metadata: { name, namespace: 'ns', uid: `uid of ${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { keyRef: { name: 'k' }, message: 'aGVsbG8=', deadlineSeconds: 60, ttlSecondsAfterFinished: -1 },
  ...(status && { status }),
});

const keyShareSet = (epoch: number): KeyShareSet => ({
  apiVersion: API_VERSION,
  kind: 'KeyShareSet',
  metadata: { name: 'k', namespace: 'ns' },
  spec: {
    clusterRef: { name: 'demo' },
    curve: 'ed25519',
    purpose: 'eddsa',
    threshold: 2,
    parties: [1, 2, 3],
    deletionPolicy: 'Retain',
    allowPrehashed: false,
    presignatures: { target: 0, lowWater: 0 },
  },
  status: { epoch },
});

/** A party's watch of ten thousand finished requests and three that are open, with what it received and reconciled. */
async function watching(t: TestContext) {
  const api = new FakeApi();
  for (let i = 0; i < FINISHED; i++)
    api.put(path('signrequests'), request(`done-${i}`, { phase: i % 2 === 0 ? 'Succeeded' : 'Failed' }));
  for (const name of open) api.put(path('signrequests'), request(name));
  api.put(path('keysharesets'), keyShareSet(1));
  const listed = { bytes: 0 };
  const transport: Transport = {
    host: api.host,
    exchange: async asked => {
      const answer = await api.exchange(asked);
      listed.bytes += answer.text.length;
      return answer;
    },
    stream: asked => api.stream(asked),
    close: () => api.close(),
  };
  const [clock, log] = [new FakeClock(), new SilentLogger()];
  const watch = new Watch(new ApiClient({ transport, fieldManager: 'test', clock }), 'ns', log);
  const reconciled: string[] = [];
  const controller = new Controller({
    ...{ name: 'signrequest', log, clock, concurrency: 256 },
    reconcile: async ({ name }) => {
      reconciled.push(name);
      return {};
    },
  });
  watch.feed(controller);
  const stop = new AbortController();
  const running = watch.run(stop.signal, () => controller.run(stop.signal));
  t.after(async () => {
    stop.abort();
    await running;
  });
  await settle();
  await settle();
  /** The names that are reconciled because of what `change` does. */
  const causedBy = async (change: () => unknown): Promise<string[]> => {
    reconciled.splice(0);
    await change();
    await settle();
    return [...reconciled].sort();
  };
  return { api, clock, watch, listed, causedBy, began: [...reconciled].sort() };
}

test('finished requests are not listed, not kept, and not reconciled when their key changes', async t => {
  const { api, clock, watch, listed, causedBy, began } = await watching(t);
  assert.ok(watch.synced);
  assert.deepEqual(began, open, 'once each');
  assert.ok(listed.bytes < 10_000, `${listed.bytes} bytes were listed`);
  assert.equal(watch.requests.list().length, open.length);
  for (let epoch = 2; epoch < 12; epoch++)
    assert.deepEqual(await causedBy(() => api.put(path('keysharesets'), keyShareSet(epoch))), open);
  const resynced = await causedBy(() => clock.advance(1_200_000));
  assert.deepEqual([...new Set(resynced)], open, 'nor at a resync');
});

test('a request that is finished is reconciled once more, so that the party forgets it, and never again', async t => {
  const { api, watch, causedBy } = await watching(t);
  const finish = () => api.put(path('signrequests'), request('b', { phase: 'Succeeded' }));
  assert.deepEqual(await causedBy(finish), ['b']);
  assert.equal(watch.requests.get({ namespace: 'ns', name: 'b' }), undefined);
  assert.deepEqual(
    watch
      .requestsOf('k')
      .map(({ name }) => name)
      .sort(),
    ['a', 'c'],
  );
  assert.deepEqual(await causedBy(() => api.put(path('keysharesets'), keyShareSet(2))), ['a', 'c']);
  assert.equal((await watch.find('b', 'uid of b'))?.status?.phase, 'Succeeded', 'asked for, it is still found');
});
