import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { ApiClient } from './client.ts';
import { LeaderElector, LeadershipLost } from './leader-election.ts';
import { leaderStatus } from './metrics.ts';
import { Lease } from './resource.ts';
import { FakeApi, failure } from './testing/fake-api.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';
import { SilentLogger } from './testing/silent-logger.ts';

const lease = { namespace: 'ns', name: 'leader' };
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/ns/leases';

/** One cluster, in which candidates meet. A candidate has a clock of its own if it asks for one. */
function cluster() {
  const api = new FakeApi();
  const clock = new FakeClock();
  const candidate = (t: TestContext, identity: string, options: { clock?: FakeClock } = {}) => {
    const own = options.clock ?? clock;
    const client = new ApiClient({ transport: api, fieldManager: identity, clock: own });
    const elector = new LeaderElector({ client, lease, identity, log: new SilentLogger(), clock: own });
    const dead = new AbortController();
    t.after(() => dead.abort());
    return { elector, dead: dead.signal };
  };
  const spec = () => {
    const stored = api.get(LEASES, 'leader');
    return stored !== undefined && 'spec' in stored ? (stored as Lease).spec : undefined;
  };
  return { api, clock, candidate, spec };
}

async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  await settle();
  return settled;
}

describe('acquire', () => {
  test('creates a lease that is not there, with times of six digits', async t => {
    const { candidate, spec } = cluster();
    const { elector, dead } = candidate(t, 'a');
    await elector.acquire(dead);
    assert.ok(elector.isLeader);
    assert.deepEqual(spec(), {
      holderIdentity: 'a',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:00.000000Z',
      leaseTransitions: 0,
    });
  });

  test('waits while another renews, for as long as it does', async t => {
    const { clock, candidate } = cluster();
    const [a, b] = [candidate(t, 'a'), candidate(t, 'b')];
    await a.elector.acquire(a.dead);
    void a.elector.hold(a.dead);
    const acquired = b.elector.acquire(b.dead).catch(() => undefined);
    await clock.advance(120_000);
    assert.ok(!(await isSettled(acquired)));
    assert.equal(b.elector.leader, 'a');
    assert.ok(!b.elector.isLeader);
  });

  test('takes over when it has seen no renewal for the duration of the lease, not before', async t => {
    const { clock, candidate, spec } = cluster();
    const [a, b] = [candidate(t, 'a'), candidate(t, 'b')];
    await a.elector.acquire(a.dead);
    const acquired = b.elector.acquire(b.dead);
    await clock.advance(14_999);
    assert.ok(!(await isSettled(acquired)));
    await clock.advance(4_401);
    await acquired;
    assert.equal(spec()?.holderIdentity, 'b');
    assert.equal(spec()?.leaseTransitions, 1);
    assert.equal(b.elector.term, 1);
  });

  test('never compares its clock with that of another: a renewal that looks years old is one', async t => {
    const { api, clock, candidate } = cluster();
    const old = '2001-01-01T00:00:00.000000Z';
    const spec = { holderIdentity: 'a', leaseDurationSeconds: 15, acquireTime: old, renewTime: old };
    const { apiVersion, kind } = Lease;
    api.put<Lease>(LEASES, { apiVersion, kind, metadata: lease, spec: { ...spec, leaseTransitions: 7 } });
    const b = candidate(t, 'b');
    const acquired = b.elector.acquire(b.dead);
    await clock.advance(14_999);
    assert.ok(!(await isSettled(acquired)));
    await clock.advance(4_401);
    await acquired;
    assert.equal(b.elector.term, 8);
  });

  test('of two that take over at the same time one does, since the other meets a conflict', async t => {
    const { api, clock, candidate, spec } = cluster();
    const [a, b, c] = [candidate(t, 'a'), candidate(t, 'b'), candidate(t, 'c')];
    await a.elector.acquire(a.dead);
    const winners: string[] = [];
    for (const { elector, dead } of [b, c]) {
      elector.acquire(dead).then(
        () => winners.push(elector.leader ?? ''),
        () => undefined,
      );
    }
    await clock.advance(25_000);
    assert.deepEqual(winners, [spec()?.holderIdentity]);
    assert.ok(api.requests.length > 0);
  });

  test('takes a lease that was given up at once', async t => {
    const { clock, candidate } = cluster();
    const [a, b] = [candidate(t, 'a'), candidate(t, 'b')];
    await a.elector.acquire(a.dead);
    const stop = new AbortController();
    const held = a.elector.hold(stop.signal);
    const acquired = b.elector.acquire(b.dead);
    await settle();
    stop.abort();
    await held;
    await clock.advance(4_400);
    await acquired;
    assert.ok(b.elector.isLeader);
  });

  test('outlives errors of the API server', async t => {
    const { api, clock, candidate } = cluster();
    let broken = true;
    api.intercept = () => (broken ? failure(500, 'InternalError') : undefined);
    const { elector, dead } = candidate(t, 'a');
    const acquired = elector.acquire(dead);
    await clock.advance(60_000);
    broken = false;
    await clock.advance(4_400);
    await acquired;
  });
});

describe('hold', () => {
  test('renews every two seconds, with one request and the time of acquisition kept', async t => {
    const { api, clock, candidate, spec } = cluster();
    const { elector, dead } = candidate(t, 'a');
    await elector.acquire(dead);
    void elector.hold(dead);
    await settle();
    const before = api.requests.length;
    await clock.advance(20_000);
    assert.deepEqual(
      api.requests.slice(before).map(request => request.method),
      Array.from({ length: 10 }, () => 'PUT'),
    );
    assert.equal(spec()?.acquireTime, '2026-01-01T00:00:00.000000Z');
    assert.equal(spec()?.renewTime, '2026-01-01T00:00:20.000000Z');
  });

  test('reads the lease first when somebody touched it, and keeps it', async t => {
    const { api, clock, candidate, spec } = cluster();
    const { elector, dead } = candidate(t, 'a');
    await elector.acquire(dead);
    const held = elector.hold(dead);
    await settle();
    const stored = api.get(LEASES, 'leader');
    assert.ok(stored !== undefined);
    api.put(LEASES, { ...stored, metadata: { ...stored.metadata, labels: { touched: 'yes' } } });
    await clock.advance(20_000);
    assert.ok(!(await isSettled(held)));
    assert.ok(elector.isLeader);
    assert.equal(spec()?.leaseTransitions, 0);
    assert.deepEqual(api.get(LEASES, 'leader')?.metadata.labels, { touched: 'yes' });
  });

  test('is lost when no renewal succeeds for ten seconds, before anybody else may take over', async t => {
    const { api, clock, candidate } = cluster();
    const { elector, dead } = candidate(t, 'a');
    await elector.acquire(dead);
    const held = elector.hold(dead);
    const lost = assert.rejects(held, LeadershipLost);
    await clock.advance(1_000);
    api.intercept = () => failure(500, 'InternalError');
    await clock.advance(10_999);
    assert.ok(!(await isSettled(held)));
    await clock.advance(1);
    await lost;
  });

  test('is lost when the server does not answer at all', async t => {
    const { api, clock, candidate } = cluster();
    const { elector, dead } = candidate(t, 'a');
    await elector.acquire(dead);
    const lost = assert.rejects(elector.hold(dead), LeadershipLost);
    api.exchange = request =>
      new Promise((_resolve, reject) => {
        request.signal?.addEventListener('abort', () => reject(request.signal?.reason));
      });
    await clock.advance(12_000);
    await lost;
  });

  test('is lost at once when another is seen to hold the lease', async t => {
    const { api, clock, candidate } = cluster();
    const { elector, dead } = candidate(t, 'a');
    await elector.acquire(dead);
    const lost = assert.rejects(elector.hold(dead), LeadershipLost);
    await settle();
    const stored = api.get(LEASES, 'leader') as Lease;
    api.put(LEASES, { ...stored, spec: { ...stored.spec, holderIdentity: 'b', renewTime: 'now' } });
    await clock.advance(2_000);
    await lost;
    assert.ok(!elector.isLeader);
  });

  test('gives the lease up when it is told to stop, and counts it as gone in the metric', async t => {
    const { candidate, spec } = cluster();
    const { elector, dead } = candidate(t, 'a');
    const stop = new AbortController();
    await elector.acquire(dead);
    assert.equal((await leaderStatus.get()).values.find(v => v.labels.name === 'leader')?.value, 1);
    const held = elector.hold(stop.signal);
    await settle();
    stop.abort();
    await held;
    assert.equal(spec()?.holderIdentity, '');
    assert.equal(spec()?.leaseDurationSeconds, 1);
    assert.equal((await leaderStatus.get()).values.find(v => v.labels.name === 'leader')?.value, 0);
  });

  test('gives up a lease that changed under its hands, too, but never that of another', async t => {
    const { api, candidate, spec } = cluster();
    const { elector, dead } = candidate(t, 'a');
    await elector.acquire(dead);
    const stop = new AbortController();
    stop.abort();
    let conflicts = 1;
    api.intercept = r => (r.method === 'PUT' && conflicts-- > 0 ? failure(409, 'Conflict') : undefined);
    await elector.hold(stop.signal);
    assert.equal(spec()?.holderIdentity, '');
    const stored = api.get(LEASES, 'leader') as Lease;
    api.put(LEASES, { ...stored, spec: { ...stored.spec, holderIdentity: 'b' } });
    await elector.hold(stop.signal);
    assert.equal(spec()?.holderIdentity, 'b');
  });

  test('tells the liveness probe when a leader is hung', async t => {
    const { clock, candidate } = cluster();
    const { elector, dead } = candidate(t, 'a');
    elector.check(0);
    await elector.acquire(dead);
    await clock.advance(35_000);
    elector.check(20_000);
    await clock.advance(1);
    assert.throws(() => elector.check(20_000), /not renewed/);
  });
});

test('the durations must leave room for each other', t => {
  const { candidate } = cluster();
  candidate(t, 'a');
  const api = new FakeApi();
  const client = new ApiClient({ transport: api, fieldManager: 'a' });
  const base = { client, lease, identity: 'a', log: new SilentLogger() };
  assert.throws(() => new LeaderElector({ ...base, leaseDuration: 10_000 }), /leaseDuration/);
  assert.throws(() => new LeaderElector({ ...base, retryPeriod: 9_000 }), /renewDeadline/);
});
