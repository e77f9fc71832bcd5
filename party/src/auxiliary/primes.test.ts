import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { FakeHsm } from '../hsm/testing/fake-hsm.ts';
import { Secret } from '../protocol/secret.ts';
import { Sealing } from '../sealing/sealing.ts';
import { Store } from '../store/store.ts';
import { temporaryPath } from '../store/testing/temporary-store.ts';
import { until } from '../testing/party-cluster.ts';
import { levelOfLastPrimes, PrimeStock, type PrimeStockOptions } from './primes.ts';

const owner = { namespace: 'ns', cluster: 'c', party: 1 };

async function setUp(t: TestContext) {
  const store = await Store.open({ path: temporaryPath(t), owner });
  const sealing = await Sealing.open(new FakeHsm(), store);
  const made: number[] = [];
  const make = async (): Promise<Secret<Uint8Array>> => {
    made.push(made.length + 1);
    return new Secret(Uint8Array.of(made.length));
  };
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  const stock = (changes: Partial<Pick<PrimeStockOptions, 'make' | 'sealing' | 'level'>> = {}) => {
    const rest = { levelOfLast: () => levelOfLastPrimes(store), log: new SilentLogger(), changed: () => {} };
    const options = { level: 112, sealing, make, ...rest, ...changes } as const;
    const primes = new PrimeStock(options);
    running.push(primes.run(stop.signal));
    return primes;
  };
  t.after(async () => {
    stop.abort();
    await Promise.all(running);
    await store.close();
  });
  return { sealing, store, made, stock };
}

const ready = (primes: PrimeStock) => until(() => primes.ready || undefined);
test('primes of another level than the cluster has now are replaced', async t => {
  const { made, stock } = await setUp(t);
  await ready(stock());
  const primes = stock({ level: 128 });
  await ready(primes);
  assert.deepEqual(made, [1, 2]);
  assert.equal(contentOf(await primes.take(1)), 2);
});

test('a stock that could not be opened, for the HSM was away, serves again when it is back', async t => {
  const { sealing, stock } = await setUp(t);
  let away = false;
  const primes = stock({
    sealing: {
      read: async name => (away ? assert.fail('the HSM is away') : await sealing.read(name)),
      write: (events, changes) => sealing.write(events, changes),
    },
  });
  await ready(primes);
  away = true;
  await assert.rejects(primes.take(1), /away/);
  away = false;
  await ready(primes);
  assert.equal(contentOf(await primes.take(2)), 1);
});

const contentOf = (secret: Secret<Uint8Array>) => secret.expose()[0];

test('primes are made ahead, kept over a restart, and made again once they are taken', async t => {
  const { made, stock } = await setUp(t);
  await ready(stock());
  const primes = stock();
  await ready(primes);
  assert.deepEqual(made, [1], 'the second start finds those of the first');
  assert.equal(contentOf(await primes.take(1)), 1);
  await ready(primes);
  assert.equal(contentOf(await primes.take(2)), 2);
});

test('P1: primes are gone from the store before a session sees them, so that no other session ever does', async t => {
  const { sealing, stock } = await setUp(t);
  const stall = Promise.withResolvers<Secret<Uint8Array>>();
  const answers = [Promise.resolve(new Secret(Uint8Array.of(1))), stall.promise];
  const primes = stock({ make: () => answers.shift() ?? assert.fail() });
  await ready(primes);
  await primes.take(1);
  assert.equal(await sealing.read({ kind: 'primes' }), undefined);
  assert.equal(primes.ready, false);
  await assert.rejects(primes.take(2), /being made/);
  stall.resolve(new Secret(Uint8Array.of(2)));
});

test('two attempts at once do not get the same primes', async t => {
  const { stock } = await setUp(t);
  const primes = stock();
  await ready(primes);
  const [first, second] = await Promise.allSettled([primes.take(1), primes.take(2)]);
  assert.deepEqual([first.status, second.status], ['fulfilled', 'rejected']);
});
