import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { ApiClient } from '@mpc-operator/runtime/client';
import { LeaderElector, LeadershipLost } from '@mpc-operator/runtime/leader-election';
import { Lease } from '@mpc-operator/runtime/resource';
import { KubeConfigTransport } from '@mpc-operator/runtime/transport';
import { ApiProxy } from './api-proxy.ts';
import { until, type World, world } from './runtime-world.ts';

const LEASE_DURATION = 3_000;
const durations = { leaseDuration: LEASE_DURATION, renewDeadline: 2_000, retryPeriod: 500 };

/** Returns a candidate with a network of its own. */
async function candidate(t: TestContext, { namespace, log }: World, identity: string) {
  const proxy = await ApiProxy.start();
  const transport = new KubeConfigTransport(proxy.config, { userAgent: identity });
  const client = new ApiClient({ transport, fieldManager: identity, timeout: 1_000 });
  const elector = new LeaderElector({ client, lease: { namespace, name: 'leader' }, identity, log, ...durations });
  const stop = new AbortController();
  t.after(async () => {
    stop.abort();
    await transport.close();
    await proxy.close();
  });
  return { proxy, elector, stop };
}

async function record({ others, namespace }: World) {
  return (await others.get(Lease, { namespace, name: 'leader' }))?.spec;
}

describe('leader election on a real API server', () => {
  const silentDeath =
    'a leader that dies without a word is followed only after the lease was silent for its whole duration';
  test(silentDeath, async t => {
    const w = await world(t);
    const [a, b] = [await candidate(t, w, 'a'), await candidate(t, w, 'b')];
    await a.elector.acquire(a.stop.signal);
    const held = a.elector.hold(a.stop.signal);
    const lost = assert.rejects(held, LeadershipLost).then(() => performance.now());
    const acquired = b.elector.acquire(b.stop.signal).then(() => performance.now());
    await until('b to see a', () => b.elector.leader === 'a');
    const first = (await record(w))?.renewTime;
    await until('a to renew', async () => (await record(w))?.renewTime !== first);
    a.proxy.fault = () => 'hang';
    const last = await record(w);
    const silent = performance.now();
    assert.ok((await lost) < (await acquired), 'the old leader stops before the new one begins');
    // b saw the last renewal at the latest one retry period and its jitter before `silent`.
    assert.ok((await acquired) - silent > LEASE_DURATION - 2.2 * durations.retryPeriod);
    assert.equal(b.elector.leader, 'b');
    assert.equal(b.elector.term, 1);
    const now = await record(w);
    assert.equal(now?.holderIdentity, 'b');
    assert.match(now?.renewTime ?? '', /\.\d{6}Z$/);
    assert.notEqual(now?.acquireTime, last?.acquireTime);
  });

  test('a leader that steps down is followed at once', async t => {
    const w = await world(t);
    const [a, b] = [await candidate(t, w, 'a'), await candidate(t, w, 'b')];
    await a.elector.acquire(a.stop.signal);
    const held = a.elector.hold(a.stop.signal);
    const acquired = b.elector.acquire(b.stop.signal);
    await until('b to see a', () => b.elector.leader === 'a');
    a.stop.abort();
    await held;
    const released = await record(w);
    assert.equal(released?.leaseDurationSeconds, 1);
    await acquired;
    assert.equal(b.elector.term, 1);
  });

  test('a leader outlives a network that is away for less than the deadline', async t => {
    const w = await world(t);
    const a = await candidate(t, w, 'a');
    await a.elector.acquire(a.stop.signal);
    const held = a.elector.hold(a.stop.signal);
    let faults = 2;
    a.proxy.fault = () => (faults-- > 0 ? 'reset' : undefined);
    a.proxy.cut();
    const before = (await record(w))?.renewTime;
    await until('a renewal', async () => (await record(w))?.renewTime !== before);
    a.stop.abort();
    await held;
  });

  test('of many candidates exactly one leads', async t => {
    const w = await world(t);
    const all = await Promise.all(['a', 'b', 'c', 'd'].map(identity => candidate(t, w, identity)));
    const leaders: string[] = [];
    for (const { elector, stop } of all) {
      elector.acquire(stop.signal).then(
        () => {
          leaders.push(elector.leader ?? '');
          return elector.hold(stop.signal);
        },
        () => undefined,
      );
    }
    await until('all to agree', () => all.every(({ elector }) => elector.leader !== undefined));
    assert.deepEqual(leaders, [(await record(w))?.holderIdentity]);
    assert.equal(new Set(all.map(({ elector }) => elector.leader)).size, 1);
  });
});
