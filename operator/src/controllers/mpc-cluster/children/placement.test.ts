import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mpcCluster, settings } from '../../../testing/objects.ts';
import { natsStatefulSet } from './nats.ts';
import { partyStatefulSet } from './party.ts';

const racks = [{ topologyKey: 'example.com/rack', whenUnsatisfiable: 'DoNotSchedule', maxSkew: 1 }] as const;
const tainted = [{ key: 'pool', operator: 'Equal', value: 'mpc', effect: 'NoSchedule' }] as const;
const placed = {
  nodeSelector: { pool: 'mpc' },
  tolerations: tainted,
  priorityClassName: 'signing',
  topologySpreadConstraints: racks,
};
const podsOf = (spec: Parameters<typeof mpcCluster>[0]) => {
  const cluster = mpcCluster(spec);
  const party = partyStatefulSet(cluster, { id: 1, zone: 'a' }, settings).spec?.template.spec;
  const nats = natsStatefulSet(cluster, settings).spec?.template.spec;
  return { party, nats };
};

describe('placement', () => {
  for (const component of ['party', 'nats'] as const) {
    test(`of ${component} reaches its pods and no others`, () => {
      const pods = podsOf({ placement: { [component]: placed } });
      const other = pods[component === 'party' ? 'nats' : 'party'];
      const { nodeSelector, tolerations, priorityClassName, topologySpreadConstraints } = pods[component] ?? {};
      assert.deepEqual([nodeSelector, tolerations, priorityClassName], [{ pool: 'mpc' }, tainted, 'signing']);
      assert.deepEqual(topologySpreadConstraints?.at(-1), {
        ...racks[0],
        labelSelector: {
          matchLabels: { 'mpc.keyshare.dev/cluster': 'demo', 'app.kubernetes.io/component': component },
        },
      });
      assert.deepEqual(
        [other?.nodeSelector, other?.tolerations, other?.priorityClassName],
        [undefined, undefined, undefined],
      );
    });

    test(`leaves ${component} in its zones`, () => {
      const [before, after] = [podsOf({}), podsOf({ placement: { [component]: placed } })].map(pods => pods[component]);
      assert.deepEqual(after?.affinity, before?.affinity);
      const zones = before?.topologySpreadConstraints ?? [];
      assert.deepEqual(after?.topologySpreadConstraints?.slice(0, zones.length), zones);
    });

    test(`pulls the images of ${component} with the Secrets that are named`, () => {
      const pullSecrets = [{ name: 'registry' }];
      const pods = podsOf({ images: { pullPolicy: 'IfNotPresent', pullSecrets } });
      assert.deepEqual(pods[component]?.imagePullSecrets, pullSecrets);
    });
  }

  test('is left to the Kubernetes cluster where nothing is said', () => {
    const { party, nats } = podsOf({});
    for (const pod of [party, nats]) {
      for (const field of ['nodeSelector', 'tolerations', 'priorityClassName', 'imagePullSecrets']) {
        assert.ok(!(field in (pod ?? {})), field);
      }
    }
  });
});

test('a container that fails leaves its last lines in its status', () => {
  const { party, nats } = podsOf({});
  const containers = [party, nats].flatMap(pod => [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])]);
  assert.equal(containers.length, 4);
  for (const { name, terminationMessagePolicy } of containers) {
    assert.equal(terminationMessagePolicy, 'FallbackToLogsOnError', name);
  }
});
