/**
 * Every party is killed at many moments of a refresh, under load. Whenever that is, all ends in one epoch and nothing
 * is lost.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { partyPodName } from '@mpc-operator/crds/names';
import type { Pod } from '@mpc-operator/runtime/resource';
import { aim } from '../cluster/containers.ts';
import { get, kubectl, until } from '../cluster/kubectl.ts';
import { Load } from '../cluster/load.ts';
import {
  askForRefresh,
  CLUSTER,
  clusterReady,
  key,
  keyReady,
  NAMESPACE,
  PARTIES,
  refreshedAbove,
  wait,
} from '../e2e/world.ts';

/**
 * Milliseconds from when kubectl is started to ask for a refresh, to the kill. The whole refresh takes about a second.
 */
const MOMENTS = [200, 250, 300, 350, 400, 450, 500, 600, 700, 800, 1000] as const;
/** The keys that take turns, since a party refreshes one key only so often. */
const KEYS = ['kills-a', 'kills-b', 'kills-c', 'kills-d'] as const;

let keys: readonly KeyShareSet[];
/** The phases of the refreshes, as status had them, when the kills came. */
const steps = new Set<string | undefined>();

/**
 * Replaces a pod by one in which nothing was ever restarted: the kubelet makes a container wait the longer the more
 * often it has ended.
 */
async function replacePod(name: string): Promise<void> {
  await kubectl(['--namespace', NAMESPACE, 'delete', 'pod', name]);
  await until(`another pod ${name} ready`, 180, async () => {
    const pod = await get<Pod>(NAMESPACE, 'pod', name);
    return pod?.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
  });
}

before(async () => {
  await clusterReady();
  keys = await Promise.all(KEYS.map((name, i) => keyReady(name, i % 2 === 0 ? 'eddsa' : 'taproot')));
});

describe('a party that is killed in a refresh', () => {
  for (const party of PARTIES) {
    for (const [i, moment] of MOMENTS.entries()) {
      test(`party ${party}, ${moment} ms after it was asked for`, async () => {
        const name = KEYS[i % KEYS.length] ?? assert.fail();
        await replacePod(partyPodName(CLUSTER, party));
        const { status } = await key(name);
        await using signing = new Load({ namespace: NAMESPACE, keys, interval: 500, deadlineSeconds: 60 });
        await signing.more(1);
        const fire = await aim(NAMESPACE, partyPodName(CLUSTER, party), 'party');
        const annotated = askForRefresh(name);
        await sleep(moment);
        await fire();
        const trigger = `annotation@${await annotated}`;
        const { refresh } = (await key(name)).status ?? {};
        steps.add(refresh?.trigger === trigger ? refresh.phase : undefined);
        const after = await refreshedAbove(name, status?.epoch ?? 0, 180);
        assert.equal(after.status?.publicKey, status?.publicKey);
        await wait(`mpccluster/${CLUSTER}`, 'Ready', 180);
        const { faults, asked } = await signing.stop();
        assert.deepEqual(faults, [], `of ${asked} requests`);
      });
    }
  }

  test('was killed before, after, and between', () => {
    assert.ok(steps.size >= 3, [...steps].join(', '));
  });
});
