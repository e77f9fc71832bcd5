/**
 * Each zone is lost and comes back, under load. The remaining parties sign, status says what is missing, and nobody has
 * to do anything.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { partyPodName } from '@mpc-operator/crds/names';
import type { Pod } from '@mpc-operator/runtime/resource';
import { get, kubectl, run } from '../cluster/kubectl.ts';
import { Load } from '../cluster/load.ts';
import { CLUSTER, clusterReady, keyReady, NAMESPACE, PARTIES, refreshedAbove, wait } from '../e2e/world.ts';

let keys: readonly KeyShareSet[];

before(async () => {
  await clusterReady();
  keys = [await keyReady('zones-eddsa', 'eddsa'), await keyReady('zones-taproot', 'taproot')];
});

async function nodeOf(party: number): Promise<string> {
  const pod = await get<Pod>(NAMESPACE, 'pod', partyPodName(CLUSTER, party));
  return pod?.spec?.nodeName ?? assert.fail(`party ${party} has no node`);
}

describe('the loss of a zone', () => {
  for (const party of PARTIES) {
    test(`of party ${party} stops no signature, shows in status, and is over when the zone is back`, async () => {
      const node = await nodeOf(party);
      await using signing = new Load({ namespace: NAMESPACE, keys, interval: 500, deadlineSeconds: 120 });
      await signing.more(2);
      await run('docker', ['stop', '--time', '0', node]);
      try {
        await signing.more(10);
        await wait(`mpccluster/${CLUSTER}`, 'Ready=False', 120);
        await wait(`mpccluster/${CLUSTER}`, 'QuorumAvailable', 120);
        await signing.more(10);
      } finally {
        await run('docker', ['start', node]);
      }
      await kubectl(['wait', `node/${node}`, '--for=condition=Ready', '--timeout=180s']);
      await wait(`mpccluster/${CLUSTER}`, 'Ready', 300);
      const { faults, asked } = await signing.stop();
      assert.deepEqual(faults, [], `of ${asked} requests`);
      for (const { metadata } of keys) await refreshedAbove(metadata.name, 0);
    });
  }
});
