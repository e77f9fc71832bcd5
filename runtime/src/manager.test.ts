import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { LeadershipLost } from './leader-election.ts';
import { Manager, type ManagerOptions } from './manager.ts';
import { ConfigMap, type Lease } from './resource.ts';
import { FakeApi, failure } from './testing/fake-api.ts';
import { FakeClock, settle, until } from './testing/fake-clock.ts';
import { CONFIG_MAPS, configMap } from './testing/running-informer.ts';
import { SilentLogger } from './testing/silent-logger.ts';

const lease = { namespace: 'ns', name: 'leader' };
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/ns/leases';

function setUp(t: TestContext, options: Partial<ManagerOptions> = {}) {
  const api = new FakeApi();
  const clock = new FakeClock();
  const log = new SilentLogger();
  const manager = new Manager({
    name: 'tester',
    transport: api,
    log,
    http: { port: 0, host: '127.0.0.1' },
    leaderElection: { lease },
    clock,
    ...options,
  });
  const stop = new AbortController();
  t.after(() => stop.abort());
  const holder = () => (api.get(LEASES, 'leader') as Lease | undefined)?.spec?.holderIdentity;
  const leads = () => holder() !== undefined;
  return { api, clock, log, manager, stop, holder, leads };
}

const says = (log: SilentLogger, message: string) => log.lines.some(line => line.message === message);

/** Runs the manager, and waits until `condition` holds. */
async function started(manager: Manager, signal: AbortSignal, condition: () => boolean) {
  const ended = manager.run(signal);
  ended.catch(() => undefined);
  await until(condition);
  await settle();
  return { ended };
}

describe('a manager', () => {
  test('fills the caches, then leads, then reconciles; told to stop, does the reverse', async t => {
    const { api, manager, stop, holder } = setUp(t);
    api.put(CONFIG_MAPS, configMap('a'));
    const order: string[] = [];
    const informer = manager.informer({ resource: ConfigMap });
    manager.add(
      async signal => {
        order.push(`leading with ${informer.list().length} object, lease held: ${holder() !== ''}`);
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
        order.push(`ended, lease held: ${holder() !== ''}`);
      },
      { leader: true },
    );
    const { ended } = await started(manager, stop.signal, () => order.length > 0);
    assert.deepEqual(await manager.readiness.failures(), []);
    stop.abort();
    await ended;
    order.push(`lease held: ${holder() !== ''}`);
    assert.deepEqual(order, [
      'leading with 1 object, lease held: true',
      'ended, lease held: true',
      'lease held: false',
    ]);
  });

  test('is not ready before its caches are filled', async t => {
    const { api, manager, stop, clock } = setUp(t);
    let broken = true;
    api.intercept = r => (broken && r.path.includes('configmaps') ? failure(500, 'InternalError') : undefined);
    manager.informer({ resource: ConfigMap });
    const { ended } = await started(manager, stop.signal, () => api.requests.length > 0);
    assert.deepEqual(await manager.readiness.failures(), [{ name: 'informers', reason: 'not yet listed: configmaps' }]);
    broken = false;
    await clock.advance(60_000);
    assert.deepEqual(await manager.readiness.failures(), []);
    stop.abort();
    await ended;
  });

  test('told to stop before its caches are filled, does not try to lead', async t => {
    const { api, manager, stop } = setUp(t);
    api.intercept = r => (r.path.includes('configmaps') ? failure(500, 'InternalError') : undefined);
    manager.informer({ resource: ConfigMap });
    const { ended } = await started(manager, stop.signal, () => api.requests.length > 0);
    stop.abort();
    await ended;
    assert.ok(!api.requests.some(request => request.path.includes('leases')));
  });

  test('waits while another leads, ready, and can be stopped', async t => {
    const first = setUp(t);
    const { ended: firstEnded } = await started(first.manager, first.stop.signal, first.leads);
    const second = setUp(t, { transport: first.api });
    let led = false;
    second.manager.add(
      async () => {
        led = true;
      },
      { leader: true },
    );
    const { ended } = await started(second.manager, second.stop.signal, () => says(second.log, 'the leader is'));
    assert.deepEqual(await second.manager.readiness.failures(), []);
    second.stop.abort();
    await ended;
    assert.ok(!led);
    first.stop.abort();
    await firstEnded;
  });

  test('fails when the lease is lost, at once, and does not touch it', async t => {
    const { api, clock, manager, stop, holder, leads } = setUp(t);
    const { ended } = await started(manager, stop.signal, leads);
    const stored = api.get(LEASES, 'leader') as Lease;
    api.put(LEASES, { ...stored, spec: { ...stored.spec, holderIdentity: 'another' } });
    const failed = assert.rejects(ended, LeadershipLost);
    await clock.advance(2_000);
    await failed;
    assert.equal(holder(), 'another');
  });

  test('fails when a part of it does, and stops the others', async t => {
    const { manager, stop, leads } = setUp(t);
    let stopped = false;
    manager.add(
      async signal => {
        signal.addEventListener('abort', () => {
          stopped = true;
        });
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
      },
      { leader: false },
    );
    manager.add(
      async () => {
        throw new Error('no connection');
      },
      { leader: true },
    );
    const { ended } = await started(manager, stop.signal, leads);
    await assert.rejects(ended, /no connection/);
    assert.ok(stopped);
  });

  test('keeps the lease when work does not end within the grace period, and fails', async t => {
    const { clock, manager, stop, holder, leads } = setUp(t, { gracePeriod: 5_000 });
    manager.add(() => new Promise(() => undefined), { leader: true });
    const { ended } = await started(manager, stop.signal, leads);
    stop.abort();
    const failed = assert.rejects(ended, /not done within 5000 ms/);
    await clock.advance(5_000);
    await failed;
    assert.notEqual(holder(), '');
  });

  test('is not alive when a reconcile is stuck', async t => {
    const { api, clock, log, manager, stop } = setUp(t, { stuckAfter: 60_000, gracePeriod: 1 });
    api.put(CONFIG_MAPS, configMap('a'));
    manager
      .controller({ name: 'stuck', reconcile: () => new Promise(() => undefined) })
      .for(manager.informer({ resource: ConfigMap }));
    const { ended } = await started(manager, stop.signal, () => says(log, 'controller started'));
    assert.deepEqual(await manager.liveness.failures(), []);
    await clock.advance(60_001);
    const [failed] = await manager.liveness.failures();
    assert.equal(failed?.name, 'controller stuck');
    stop.abort();
    const failing = assert.rejects(ended);
    await clock.advance(10);
    await failing;
  });

  test('without leader election runs at once', async t => {
    const { api, clock, log } = setUp(t);
    const manager = new Manager({ name: 'tester', transport: api, log, http: { port: 0, host: '127.0.0.1' }, clock });
    let runs = false;
    manager.add(
      async signal => {
        runs = true;
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()));
      },
      { leader: true },
    );
    const stop = new AbortController();
    const { ended } = await started(manager, stop.signal, () => runs);
    assert.equal(manager.term, 0);
    stop.abort();
    await ended;
    await settle();
    assert.equal(clock.pending, 0);
  });
});
