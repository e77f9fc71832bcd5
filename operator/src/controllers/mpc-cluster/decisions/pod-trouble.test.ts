import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  creating,
  event,
  type Names,
  ofPod,
  ofSet,
  party,
  partyTrouble,
  refused,
  type Shown,
  server,
  serverTrouble,
  waiting,
} from '../../../testing/shown-pod.ts';
import type { Trouble } from './trouble.ts';

const COMPONENTS: readonly [string, Names, (shown: Shown) => Trouble | undefined][] = [
  ['a party', party, shown => partyTrouble(shown)],
  ['a NATS server', server, shown => serverTrouble(shown)],
];

const ended = { exitCode: 1, reason: 'Error', message: '{"message":"stopped by an error","error":"no such token"}\n' };

type Case = readonly [string, (names: Names) => Shown, string, RegExp];

const refusals: readonly Case[] = (
  [
    ['a quota', 'pods "x" is forbidden: failed quota: q: must specify limits.cpu for: hsm,hsm-init,party'],
    ['a LimitRange', 'pods "x" is forbidden: maximum memory usage per Container is 128Mi, but limit is 768Mi'],
    ['Pod Security', 'pods "x" is forbidden: violates PodSecurity "restricted:latest": seccompProfile'],
    ['a webhook', 'admission webhook "policy.example.com" denied the request: images must come from r.example'],
    ['a missing ServiceAccount', 'pods "x" is forbidden: error looking up service account ns/demo-party-1: not found'],
  ] as const
).map(([what, why]) => [what, names => ({ events: [refused(names, why)] }), 'FailedCreate', literal(why)]);

const cases: readonly Case[] = [
  ...refusals,
  [
    'the scheduler',
    () => ({
      status: {
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/4 nodes are available: 3 Insufficient memory.',
          },
        ],
      },
    }),
    'Unschedulable',
    /0\/4 nodes are available: 3 Insufficient memory/,
  ],
  [
    'an image that is not there',
    () => ({ status: { containerStatuses: [waiting('ErrImagePull', 'rpc error: r.example/party:2: not found')] } }),
    'ErrImagePull',
    /container main: rpc error: r\.example\/party:2: not found/,
  ],
  [
    'an image that is not there, between two tries',
    names => ({
      status: { containerStatuses: [waiting('ImagePullBackOff', 'Back-off pulling image "r.example/party:2"')] },
      events: [event(ofPod(names), 'Failed', 'Failed to pull image "r.example/party:2": not found')],
    }),
    'ImagePullBackOff',
    /container main: Failed to pull image "r\.example\/party:2": not found/,
  ],
  [
    'a container that crashes, with its last words',
    () => ({
      status: {
        containerStatuses: [
          { ...waiting('CrashLoopBackOff', 'back-off 40s restarting'), lastState: { terminated: ended } },
        ],
      },
    }),
    'CrashLoopBackOff',
    /container main ended with exit code 1 \(Error\): .*no such token/,
  ],
  [
    'a container that has just crashed',
    () => ({ status: { containerStatuses: [{ ...waiting(''), state: { terminated: ended } }] } }),
    'ContainerFailed',
    /container main ended with exit code 1 \(Error\): .*no such token/,
  ],
  [
    'a container that runs again after a crash',
    () => ({
      status: { containerStatuses: [{ ...waiting(''), state: { running: {} }, lastState: { terminated: ended } }] },
    }),
    'PodNotReady',
    /not ready yet; before, container main ended with exit code 1 .*no such token/,
  ],
  [
    'a container without enough memory',
    () => ({
      status: {
        containerStatuses: [
          { ...waiting('CrashLoopBackOff'), lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
        ],
      },
    }),
    'CrashLoopBackOff',
    /container main ended with exit code 137 \(OOMKilled\)$/,
  ],
  [
    'a Secret that the environment of a container lacks',
    () => ({ status: { containerStatuses: [waiting('CreateContainerConfigError', 'secret "x" not found')] } }),
    'CreateContainerConfigError',
    /container main: secret "x" not found/,
  ],
  [
    'a Secret that is to be mounted',
    names => ({
      status: creating,
      events: [
        event(
          ofPod(names),
          'FailedMount',
          'MountVolume.SetUp failed for volume "user-pin" : secret "demo-party-1-pin" not found',
        ),
      ],
    }),
    'FailedMount',
    /secret "demo-party-1-pin" not found/,
  ],
  [
    'a volume that cannot be attached',
    names => ({
      status: creating,
      events: [event(ofPod(names), 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-1"')],
    }),
    'FailedAttachVolume',
    /Multi-Attach error for volume "pvc-1"/,
  ],
  [
    'a network that is not there',
    names => ({
      status: { ...creating, containerStatuses: [] },
      events: [event(ofPod(names), 'FailedCreatePodSandBox', 'plugin type="x" failed: no addresses')],
    }),
    'FailedCreatePodSandBox',
    /no addresses/,
  ],
  [
    'a node that throws the pod out',
    () => ({ status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' } }),
    'Evicted',
    /low on resource: memory/,
  ],
];

for (const [component, names, trouble] of COMPONENTS) {
  describe(`what keeps ${component} from running stands in its words:`, () => {
    for (const [what, shown, reason, message] of cases) {
      test(what, () => {
        const found = trouble(shown(names));
        assert.equal(found?.reason, reason);
        assert.match(found.message, message);
      });
    }

    test('a refusal counts until a pod was made, for this pod and this StatefulSet only', () => {
      const why = 'exceeded quota';
      const made = event(
        ofSet(names),
        'SuccessfulCreate',
        `create Pod ${names.pod} in StatefulSet successful`,
        '11:59:30',
      );
      assert.equal(trouble({ events: [refused(names, why), made] })?.reason, 'PodMissing');
      assert.equal(trouble({ events: [made, refused(names, why, '11:59:40')] })?.reason, 'FailedCreate');
      const other = { ...names, pod: `${names.pod}0` };
      assert.equal(trouble({ events: [refused(other, why)] })?.reason, 'PodMissing', 'another pod');
      const earlier = { ...refused(names, why), regarding: { ...ofSet(names), uid: 'deleted' } };
      assert.equal(trouble({ events: [earlier] })?.reason, 'PodMissing', 'a StatefulSet of before');
    });

    test('an obstacle counts until its pod got past it', () => {
      const failed = event(ofPod(names), 'FailedMount', 'secret "x" not found', '11:58:00');
      const pulling = event(ofPod(names), 'Pulling', 'Pulling image', '11:58:30');
      assert.equal(trouble({ status: creating, events: [failed] })?.reason, 'FailedMount');
      assert.equal(trouble({ status: creating, events: [failed, pulling] })?.reason, 'PodNotReady');
      const again = event(ofPod(names), 'FailedMount', 'secret "x" not found', '11:59:30');
      assert.equal(trouble({ status: creating, events: [failed, pulling, again] })?.reason, 'FailedMount');
    });
  });
}

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
