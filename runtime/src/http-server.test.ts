import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { Checks } from './health.ts';
import { HttpServer } from './http-server.ts';
import { SilentLogger } from './testing/silent-logger.ts';

async function setUp(t: TestContext) {
  const [liveness, readiness] = [new Checks(), new Checks()];
  const server = new HttpServer({ port: 0, host: '127.0.0.1', liveness, readiness, log: new SilentLogger() });
  const port = await server.listen();
  t.after(() => server.close());
  const get = async (path: string, method = 'GET') => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method });
    return { status: response.status, text: await response.text() };
  };
  return { liveness, readiness, get, port };
}

describe('the server for probes and metrics', () => {
  test('answers the two probes apart', async t => {
    const { readiness, get } = await setUp(t);
    readiness.add('informers', () => {
      throw new Error('not yet listed: pods');
    });
    assert.deepEqual(await get('/healthz'), { status: 200, text: 'ok\n' });
    assert.deepEqual(await get('/readyz'), { status: 503, text: 'informers: not yet listed: pods\n' });
    readiness.add('informers', () => undefined);
    assert.equal((await get('/readyz?verbose')).status, 200);
  });

  test('asks each check, those that take their time, too', async t => {
    const { liveness, get } = await setUp(t);
    liveness.add('fine', () => undefined);
    liveness.add('slow', async () => {
      await new Promise(resolve => setImmediate(resolve));
      throw new Error('stuck');
    });
    assert.deepEqual(await get('/healthz'), { status: 503, text: 'slow: stuck\n' });
  });

  test('serves the metrics under the names of controller-runtime and client-go', async t => {
    const { get } = await setUp(t);
    await import('./metrics.ts');
    const { text } = await get('/metrics');
    for (const name of [
      'controller_runtime_reconcile_total',
      'controller_runtime_reconcile_errors_total',
      'controller_runtime_terminal_reconcile_errors_total',
      'controller_runtime_reconcile_panics_total',
      'controller_runtime_reconcile_timeouts_total',
      'controller_runtime_reconcile_time_seconds',
      'controller_runtime_max_concurrent_reconciles',
      'controller_runtime_active_workers',
      'workqueue_depth',
      'workqueue_adds_total',
      'workqueue_queue_duration_seconds',
      'workqueue_work_duration_seconds',
      'workqueue_unfinished_work_seconds',
      'workqueue_longest_running_processor_seconds',
      'workqueue_retries_total',
      'rest_client_requests_total',
      'leader_election_master_status',
      'leader_election_slowpath_total',
    ]) {
      assert.match(text, new RegExp(`^# TYPE ${name} `, 'm'));
    }
  });

  test('says so when it cannot listen', async t => {
    const { port } = await setUp(t);
    const checks = new Checks();
    const log = new SilentLogger();
    const second = new HttpServer({ port, host: '127.0.0.1', liveness: checks, readiness: checks, log });
    await assert.rejects(second.listen(), { code: 'EADDRINUSE' });
    await second.close();
  });

  test('knows nothing else', async t => {
    const { get } = await setUp(t);
    assert.equal((await get('/')).status, 404);
    assert.equal((await get('/metrics', 'POST')).status, 404);
  });
});
