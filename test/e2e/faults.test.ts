/** Things are killed while signing goes on and a refresh is under way: nobody notices, and all ends in one epoch. */
import assert from 'node:assert/strict';
import { before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { partyPodName } from '@mpc-operator/crds/names';
import type { Pod } from '@mpc-operator/runtime/resource';
import { OPERATOR_NAMESPACE } from '../cluster/chart.ts';
import { aim, killContainer, killProcess, restarts } from '../cluster/containers.ts';
import { kubectl, list, until } from '../cluster/kubectl.ts';
import { Load } from '../cluster/load.ts';
import {
  askForRefresh,
  CLUSTER,
  cluster,
  clusterReady,
  key,
  keyReady,
  NAMESPACE,
  PARTIES,
  refreshedAbove,
  wait,
} from './world.ts';

const EDDSA = 'faults-eddsa';
const TAPROOT = 'faults-taproot';
const ECDSA = 'faults-ecdsa';
let keys: readonly KeyShareSet[];

before(async () => {
  await clusterReady();
  keys = [await keyReady(EDDSA, 'eddsa'), await keyReady(TAPROOT, 'taproot'), await keyReady(ECDSA, 'ecdsa')];
});

/** Returns how often each container of each party was started again, but for those that the test kills. */
async function partyRestarts(): Promise<string[]> {
  const all = await Promise.all(PARTIES.map(p => restarts(NAMESPACE, partyPodName(CLUSTER, p))));
  return all.map((containers, i) => `party ${PARTIES[i]}: ${containers.get('party')}`);
}

/** Breaks something under load, and compares what happened with what everybody may expect. */
async function under(load: { interval: number }, breakIt: () => Promise<void>): Promise<void> {
  const [eddsa, taproot, ecdsa] = keys;
  // an ecdsa signature that is made interactively takes as much of a processor as a dozen others
  const often = [eddsa, taproot, eddsa, taproot, eddsa, taproot, ecdsa].filter(key => key !== undefined);
  await using signing = new Load({ namespace: NAMESPACE, keys: often, interval: load.interval, deadlineSeconds: 60 });
  await signing.more(2);
  await breakIt();
  await signing.more(4);
  const { faults, asked } = await signing.stop();
  assert.deepEqual(faults, [], `of ${asked} requests`);
  await wait(`mpccluster/${CLUSTER}`, 'Ready', 180);
  for (const before of keys) {
    const after = await refreshedAbove(before.metadata.name, 0);
    assert.equal(after.status?.publicKey, before.status?.publicKey);
  }
}

const epochOf = async (name: string): Promise<number> => (await key(name)).status?.epoch ?? 0;

/**
 * Begins a refresh of all keys and breaks something in the middle of it. Resolves when the keys are refreshed all the
 * same.
 */
async function inMidRefresh(t: TestContext, breakIt: () => Promise<void>): Promise<void> {
  const names = [EDDSA, TAPROOT, ECDSA];
  const epochs = await Promise.all(names.map(epochOf));
  const asked = Promise.all(names.map(name => askForRefresh(name)));
  await sleep(300 + Math.random() * 400); // the parties hear of the refresh after about that long
  await breakIt();
  await asked;
  const steps = (await Promise.all(names.map(key))).map(({ status }) => status?.refresh?.phase);
  t.diagnostic(`the refreshes were then: ${steps.join(', ')}`);
  for (const [i, name] of names.entries()) await refreshedAbove(name, epochs[i] ?? 0, 240);
}

describe('nothing is lost, answered twice, or left half-done', () => {
  test('when all operators are killed in mid-refresh', async t => {
    const before = await partyRestarts();
    await under({ interval: 500 }, async () => {
      const pods = await list<Pod>(OPERATOR_NAMESPACE, 'pods', '-l', 'app.kubernetes.io/name=mpc-operator');
      const kills = await Promise.all(pods.map(({ metadata }) => aim(OPERATOR_NAMESPACE, metadata.name, 'operator')));
      await inMidRefresh(t, async () => {
        await Promise.all(kills.map(fire => fire()));
      });
    });
    assert.deepEqual(await partyRestarts(), before);
  });

  test('when a party is killed in mid-refresh', async t => {
    await under({ interval: 500 }, async () => {
      await inMidRefresh(t, await aim(NAMESPACE, partyPodName(CLUSTER, 2), 'party'));
    });
  });

  test('when each party in turn is killed in mid-signature', async () => {
    await under({ interval: 250 }, async () => {
      for (const party of PARTIES) {
        await sleep(Math.random() * 500);
        await killContainer(NAMESPACE, partyPodName(CLUSTER, party), 'party');
        await wait(`mpccluster/${CLUSTER}`, 'Ready', 180);
      }
    });
  });

  const hsmOf = (party: number) => [NAMESPACE, partyPodName(CLUSTER, party), 'hsm'] as const;
  for (const [what, kill] of [
    ['the process that works for it in its HSM', () => killProcess(...hsmOf(1), 'p11-kit-remote')],
    ['the server of its HSM', () => killProcess(...hsmOf(1), 'p11-kit-server')],
    ['its HSM', () => killContainer(...hsmOf(3))],
  ] as const) {
    test(`when a party loses ${what}, in mid-refresh: it waits, unready, and comes back by itself`, async t => {
      const before = await partyRestarts();
      await under({ interval: 500 }, async () => {
        await inMidRefresh(t, async () => {
          assert.notEqual(await kill(), 0);
        });
      });
      assert.deepEqual(await partyRestarts(), before);
    });
  }

  test('when a NATS server is killed in mid-refresh, and then all of them', async t => {
    const before = await partyRestarts();
    await under({ interval: 500 }, async () => {
      await inMidRefresh(t, await aim(NAMESPACE, `${CLUSTER}-nats-0`, 'nats'));
      await Promise.all([0, 1, 2].map(i => killContainer(NAMESPACE, `${CLUSTER}-nats-${i}`, 'nats')));
    });
    assert.deepEqual(await partyRestarts(), before);
  });

  test('when a party is evicted: the budget lets one go, and not a second', async () => {
    const evict = (party: number) => {
      const pod = partyPodName(CLUSTER, party);
      const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace: NAMESPACE } };
      const path = `/api/v1/namespaces/${NAMESPACE}/pods/${pod}/eviction`;
      return kubectl(['create', '--raw', path, '-f', '-'], { input: JSON.stringify(eviction), mayFail: true });
    };
    await under({ interval: 500 }, async () => {
      const first = await until('the first eviction', 60, async () => {
        const { code } = await evict(1);
        return code === 0 ? true : undefined;
      });
      assert.ok(first);
      const second = await evict(2);
      assert.match(second.stderr, /disruption budget/);
      await wait(`mpccluster/${CLUSTER}`, 'Ready', 180);
    });
    assert.equal((await cluster()).status?.readyParties, '3/3');
  });
});
