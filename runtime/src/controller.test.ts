import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { ApiError } from './api-error.ts';
import { sleep } from './clock.ts';
import { Controller, type ControllerOptions, type Reconcile, TerminalError } from './controller.ts';
import { reconcilePanics, reconcileTimeouts, reconcileTotal } from './metrics.ts';
import { formatKey, ownerReference } from './object.ts';
import { generationChanged } from './predicates.ts';
import { StatefulSet } from './resource.ts';
import { settle } from './testing/fake-clock.ts';
import { CONFIG_MAPS, configMap, runInformer } from './testing/running-informer.ts';

let names = 0;

/** Starts a controller that runs until the test ends, and returns it with the keys that it was called with. */
async function setUp(
  t: TestContext,
  reconcile: Reconcile = async () => ({}),
  options: Partial<ControllerOptions> = {},
  connect: (controller: Controller, informer: Awaited<ReturnType<typeof runInformer>>['informer']) => void = (c, i) =>
    c.for(i),
) {
  const world = await runInformer(t);
  const calls: string[] = [];
  const controller = new Controller({
    name: `test-${names++}`,
    log: world.log,
    clock: world.clock,
    ...options,
    reconcile: async (key, context) => {
      calls.push(formatKey(key));
      return await reconcile(key, context);
    },
  });
  connect(controller, world.informer);
  const stop = new AbortController();
  const ended = controller.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await ended;
  });
  await settle();
  return { ...world, controller, calls, stop, ended };
}

async function count(metric: typeof reconcileTotal, controller: Controller, result?: string): Promise<number> {
  const { values } = await metric.get();
  const found = values.find(
    ({ labels }) => labels.controller === controller.name && (result === undefined || labels.result === result),
  );
  return found?.value ?? 0;
}

describe('a controller', () => {
  test('reconciles what is there when it starts, and every change after', async t => {
    const { api, calls } = await setUp(t);
    api.put(CONFIG_MAPS, configMap('a'));
    await settle();
    api.put(CONFIG_MAPS, configMap('a', 'changed'));
    await settle();
    api.remove(CONFIG_MAPS, 'a');
    await settle();
    assert.deepEqual(calls, ['ns/a', 'ns/a', 'ns/a']);
  });

  test('tries again after an error, later each time, and forgets it after a success', async t => {
    let broken = true;
    const { clock, controller, calls } = await setUp(t, async () => {
      if (broken) throw new Error('broken');
      return {};
    });
    controller.enqueue({ namespace: 'ns', name: 'a' });
    await settle();
    await clock.advance(5);
    await clock.advance(10);
    await clock.advance(19);
    assert.equal(calls.length, 3);
    broken = false;
    await clock.advance(1);
    assert.equal(calls.length, 4);
    await clock.advance(60_000);
    assert.equal(calls.length, 4);
    assert.equal(await count(reconcileTotal, controller, 'error'), 3);
    assert.equal(await count(reconcileTotal, controller, 'success'), 1);
  });

  test('does not try again after a TerminalError', async t => {
    const { clock, controller, calls, log } = await setUp(t, async () => {
      throw new TerminalError('the spec is wrong');
    });
    controller.enqueue({ namespace: 'ns', name: 'a' });
    await clock.advance(60_000);
    assert.equal(calls.length, 1);
    assert.ok(log.lines.some(line => line.level === 'error'));
  });

  test('comes again after requeueAfter, which clears the failures', async t => {
    const results = [new Error('once'), { requeueAfter: 30_000 }, new Error('again'), {}];
    const { clock, controller, calls } = await setUp(t, async () => {
      const result = results.shift() ?? {};
      if (result instanceof Error) throw result;
      return result;
    });
    controller.enqueue({ namespace: 'ns', name: 'a' });
    await clock.advance(5);
    assert.equal(calls.length, 2);
    await clock.advance(29_999);
    assert.equal(calls.length, 2);
    await clock.advance(1);
    assert.equal(calls.length, 3);
    await clock.advance(5);
    assert.equal(calls.length, 4, 'the first failure after a success waits 5 ms');
  });

  test('goes on with other keys when one throws, even if it is a bug', async t => {
    const { controller, calls } = await setUp(t, async key => {
      if (key.name === 'bad') throw new TypeError('cannot read properties of undefined');
      return {};
    });
    for (const name of ['bad', 'good', 'better']) controller.enqueue({ namespace: 'ns', name });
    await settle();
    assert.deepEqual(calls, ['ns/bad', 'ns/good', 'ns/better']);
    assert.equal(await count(reconcilePanics, controller), 1);
  });

  test('goes on when reconcile throws before it returns a promise', async t => {
    const { controller, calls } = await setUp(t, () => {
      throw new Error('synchronous');
    });
    for (const name of ['a', 'b']) controller.enqueue({ namespace: 'ns', name });
    await settle();
    assert.deepEqual(calls, ['ns/a', 'ns/b']);
  });

  test('treats a conflict as no news: it is tried again and not logged as an error', async t => {
    const { controller, log } = await setUp(t, async () => {
      throw new ApiError({ code: 409, reason: 'Conflict' });
    });
    controller.enqueue({ namespace: 'ns', name: 'a' });
    await settle();
    assert.ok(!log.lines.some(line => line.level === 'error'));
    assert.ok(log.lines.some(line => line.message === 'reconcile failed'));
  });

  test('reconciles as many keys at once as it may, and never one key twice at once', async t => {
    const running = new Map<string, number>();
    let most = 0;
    const { clock, controller } = await setUp(
      t,
      async (key, { signal }) => {
        running.set(key.name, (running.get(key.name) ?? 0) + 1);
        most = Math.max(most, running.size);
        assert.equal(running.get(key.name), 1);
        await sleep(clock, 10, signal);
        running.delete(key.name);
        return {};
      },
      { concurrency: 3 },
    );
    for (let round = 0; round < 5; round++) {
      for (const name of ['a', 'b', 'c', 'd', 'e']) controller.enqueue({ namespace: 'ns', name });
      await clock.advance(7);
    }
    await clock.advance(1_000);
    assert.equal(most, 3);
  });

  test('aborts the signal of a reconcile that takes too long', async t => {
    const { clock, controller } = await setUp(
      t,
      async (_key, { signal }) => {
        await sleep(clock, 3_600_000, signal);
        return {};
      },
      { timeout: 1_000 },
    );
    controller.enqueue({ namespace: 'ns', name: 'a' });
    await clock.advance(999);
    assert.equal(controller.longestRunning, 999);
    await clock.advance(1);
    assert.equal(await count(reconcileTimeouts, controller), 1);
    assert.equal(await count(reconcileTotal, controller, 'error'), 1);
  });

  test('gives each reconcile an id of its own and a logger that says it', async t => {
    const ids = new Set<string>();
    const { controller, log } = await setUp(t, async (_key, { log, reconcileID }) => {
      ids.add(reconcileID);
      log.info('working');
      return {};
    });
    for (const name of ['a', 'b']) controller.enqueue({ namespace: 'ns', name });
    await settle();
    const lines = log.lines.filter(line => line.message === 'working').map(line => line.fields);
    assert.deepEqual(
      lines.map(({ controller: c, namespace, name }) => [c, namespace, name]),
      [
        [controller.name, 'ns', 'a'],
        [controller.name, 'ns', 'b'],
      ],
    );
    assert.deepEqual(new Set(lines.map(line => line.reconcileID)), ids);
    assert.equal(ids.size, 2);
  });

  test('reconciles everything now and then although nothing happened', async t => {
    const { api, clock, calls } = await setUp(t, undefined, { resyncPeriod: 60_000 });
    api.put(CONFIG_MAPS, configMap('a'));
    await clock.advance(59_999);
    assert.equal(calls.length, 1);
    await clock.advance(6_001);
    assert.equal(calls.length, 2);
  });

  test('told to stop, lets the reconcile in progress end, and leaves the rest to the next leader', async t => {
    const release = Promise.withResolvers<void>();
    let aborted = false;
    const { controller, calls, stop, ended, clock } = await setUp(t, async (_key, { signal }) => {
      await release.promise;
      aborted = signal.aborted;
      return {};
    });
    for (const name of ['a', 'b']) controller.enqueue({ namespace: 'ns', name });
    await settle();
    stop.abort();
    release.resolve();
    await ended;
    assert.ok(aborted, 'the reconcile was told');
    assert.deepEqual(calls, ['ns/a']);
    assert.equal(await count(reconcileTotal, controller, 'error'), 0);
    assert.equal(clock.pending, 0);
  });
});

describe('the watches of a controller', () => {
  test('owns: name the owner that controls the changed object, by group and kind', async t => {
    const owner = (kind: string, apiVersion: string, name: string) =>
      ownerReference({ apiVersion, kind, metadata: { name, uid: 'u' } }, { controller: true });
    const { api, calls } = await setUp(t, undefined, {}, (c, i) => c.owns(i, StatefulSet));
    const put = (name: string, ...ownerReferences: ReturnType<typeof owner>[]) =>
      api.put(CONFIG_MAPS, configMap(name, '', { ownerReferences }));
    put('a', owner('StatefulSet', 'apps/v1', 'mine'));
    put('b', owner('StatefulSet', 'apps/v2', 'of-another-version'));
    put('c', owner('StatefulSet', 'example.com/v1', 'of-another-group'));
    put('d', owner('Deployment', 'apps/v1', 'of-another-kind'));
    put('e', { ...owner('StatefulSet', 'apps/v1', 'no-controller'), controller: false });
    put('f');
    await settle();
    assert.deepEqual(calls, ['ns/mine', 'ns/of-another-version']);
  });

  test('map the old state of an object, too, so that one that moved is missed where it was', async t => {
    const { api, calls } = await setUp(t, undefined, {}, (c, i) =>
      c.watches(i, object => [{ namespace: 'ns', name: object.data?.value ?? '' }]),
    );
    api.put(CONFIG_MAPS, configMap('a', 'here'));
    await settle();
    api.put(CONFIG_MAPS, configMap('a', 'there'));
    await settle();
    assert.deepEqual(calls, ['ns/here', 'ns/here', 'ns/there']);
  });

  test('let through what all their predicates do', async t => {
    const { api, calls } = await setUp(t, undefined, {}, (c, i) => c.for(i, generationChanged));
    api.put(CONFIG_MAPS, configMap('a'));
    await settle();
    api.put(CONFIG_MAPS, configMap('a', 'no generation changes with the data of a ConfigMap'));
    await settle();
    assert.equal(calls.length, 1);
  });
});
