import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { FakeClock, settle } from './testing/fake-clock.ts';
import { WorkQueue } from './work-queue.ts';

let names = 0;

function setUp() {
  const clock = new FakeClock();
  const queue = new WorkQueue({ name: `test-${names++}`, clock });
  return { clock, queue };
}

/** Whether the promise is pending, without waiting for it. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await settle();
  return (await Promise.race([promise, Promise.resolve(pending)])) === pending;
}

describe('workqueue.Add and Get', () => {
  test('hands keys out in the order in which they were added', async () => {
    const { queue } = setUp();
    for (const key of ['a', 'b', 'c']) queue.add(key);
    assert.deepEqual([await queue.get(), await queue.get(), await queue.get()], ['a', 'b', 'c']);
  });

  test('a key that waits is not added twice', async () => {
    const { queue } = setUp();
    queue.add('a');
    queue.add('a');
    assert.equal(queue.length, 1);
  });

  test('get waits for a key, and the first who waits gets it', async () => {
    const { queue } = setUp();
    const first = queue.get();
    const second = queue.get();
    queue.add('a');
    assert.equal(await first, 'a');
    assert.ok(await isPending(second));
  });

  test('a key that is added while it is processed waits for done, and then comes once more', async () => {
    const { queue } = setUp();
    queue.add('a');
    assert.equal(await queue.get(), 'a');
    queue.add('a');
    queue.add('a');
    const next = queue.get();
    assert.ok(await isPending(next), 'no second worker may get the key');
    queue.done('a');
    assert.equal(await next, 'a');
    queue.done('a');
    assert.equal(queue.length, 0);
  });

  test('never gives one key to two workers, never loses an add, whatever the order of calls', async () => {
    const action = fc.record({
      act: fc.constantFrom('add' as const, 'get' as const, 'done' as const),
      key: fc.constantFrom('a', 'b', 'c'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 60 }), async actions => {
        const model = new Model(setUp().queue);
        for (const { act, key } of actions) await model[act](key);
        assert.equal(model.finish(), model.owed.size);
      }),
    );
  });
});

/** A model of the queue in two sets. */
class Model {
  readonly owed = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #queue: WorkQueue;

  constructor(queue: WorkQueue) {
    this.#queue = queue;
  }

  add(key: string): void {
    this.#queue.add(key);
    this.owed.add(key);
  }

  async get(): Promise<void> {
    if (this.#queue.length === 0) return;
    const key = await this.#queue.get();
    assert.ok(key !== undefined && this.owed.delete(key), 'only what was added comes');
    assert.ok(!this.#processing.has(key), 'one worker for each key');
    this.#processing.add(key);
  }

  done(key: string): void {
    if (this.#processing.delete(key)) this.#queue.done(key);
  }

  /** Ends all work. Returns how many keys are queued then. */
  finish(): number {
    for (const key of this.#processing) this.#queue.done(key);
    return this.#queue.length;
  }
}

describe('workqueue.AddAfter', () => {
  test('adds when the delay is over, not before', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 50);
    await clock.advance(49);
    assert.equal(queue.length, 0);
    await clock.advance(1);
    assert.equal(queue.length, 1);
  });

  test('adds at once without a delay', () => {
    const { queue } = setUp();
    queue.addAfter('a', 0);
    queue.addAfter('b', -1);
    assert.equal(queue.length, 2);
  });

  test('of two delays of one key the shorter counts, and the key comes once', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('later', 1_000);
    queue.addAfter('later', 50);
    queue.addAfter('sooner', 50);
    queue.addAfter('sooner', 1_000);
    await clock.advance(50);
    assert.deepEqual([await queue.get(), await queue.get()], ['later', 'sooner']);
    queue.done('later');
    queue.done('sooner');
    await clock.advance(2_000);
    assert.equal(queue.length, 0);
    assert.equal(clock.pending, 0);
  });

  test('refuses a delay that is not a number, which would be no delay at all', () => {
    const { queue } = setUp();
    assert.throws(() => queue.addAfter('a', Number.NaN), RangeError);
  });
});

describe('workqueue.ShutDown', () => {
  test('lets what is queued be processed, takes nothing more, and then says that it is over', async () => {
    const { queue } = setUp();
    queue.add('a');
    queue.shutDown();
    queue.add('b');
    assert.ok(queue.shuttingDown);
    assert.equal(await queue.get(), 'a');
    assert.equal(await queue.get(), undefined);
  });

  test('wakes all workers that wait', async () => {
    const { queue } = setUp();
    const workers = [queue.get(), queue.get()];
    queue.shutDown();
    assert.deepEqual(await Promise.all(workers), [undefined, undefined]);
  });

  test('drops what waits for its delay', async () => {
    const { clock, queue } = setUp();
    queue.addAfter('a', 10);
    queue.shutDown();
    await clock.advance(10);
    assert.equal(queue.length, 0);
    assert.equal(clock.pending, 0);
  });

  test('ShutDownWithDrain waits until everything that is processed is done', async () => {
    const { queue } = setUp();
    queue.add('a');
    queue.add('b');
    await queue.get();
    await queue.get();
    const drained = queue.shutDownWithDrain();
    queue.done('a');
    assert.ok(await isPending(drained));
    queue.done('b');
    await drained;
  });

  test('ShutDown ends a ShutDownWithDrain that would wait on', async () => {
    const { queue } = setUp();
    queue.add('a');
    await queue.get();
    const drained = queue.shutDownWithDrain();
    assert.ok(await isPending(drained));
    queue.shutDown();
    await drained;
  });
});

describe('workqueue.AddRateLimited', () => {
  test('waits longer with each failure, and anew after forget', async () => {
    const { clock, queue } = setUp();
    for (const delay of [5, 10, 20]) {
      queue.addRateLimited('a');
      await clock.advance(delay - 1);
      assert.equal(queue.length, 0);
      await clock.advance(1);
      assert.equal(await queue.get(), 'a');
      queue.done('a');
    }
    assert.equal(queue.numRequeues('a'), 3);
    queue.forget('a');
    assert.equal(queue.numRequeues('a'), 0);
    queue.addRateLimited('a');
    await clock.advance(5);
    assert.equal(queue.length, 1);
  });
});

describe('what the queue measures', () => {
  test('longestRunning is the age of the oldest key in progress', async () => {
    const { clock, queue } = setUp();
    queue.add('a');
    queue.add('b');
    await queue.get();
    await clock.advance(300);
    await queue.get();
    await clock.advance(100);
    assert.equal(queue.longestRunning, 400);
    queue.done('a');
    assert.equal(queue.longestRunning, 100);
  });
});
