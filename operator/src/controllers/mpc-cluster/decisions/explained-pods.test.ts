import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PersistentVolumeClaim, Pod } from '@mpc-operator/runtime/resource';
import { mpcCluster } from '../../../testing/objects.ts';
import {
  creating,
  event,
  now,
  observed,
  party,
  partyTrouble,
  server,
  serverTrouble,
  waiting,
} from '../../../testing/shown-pod.ts';
import { explainedBy } from './pod-trouble.ts';
import { serverStates } from './server-states.ts';

describe('a volume of a party', () => {
  const unscheduled: Pod['status'] = {
    conditions: [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: '0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
      },
    ],
  };
  const claim = (phase: string): PersistentVolumeClaim => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'store-demo-party-1', uid: 'c', labels: { 'mpc.keyshare.dev/party': '1' } },
    status: { phase },
  });
  const events = [
    event(
      { kind: 'PersistentVolumeClaim', name: 'store-demo-party-1', uid: 'c' },
      'ProvisioningFailed',
      'storageclass.storage.k8s.io "fats" not found',
    ),
  ];

  test('that cannot be bound is named with the words of who should have made it', () => {
    const found = partyTrouble({ status: unscheduled, claims: [claim('Pending')], events });
    assert.equal(found?.reason, 'Unschedulable');
    assert.match(found.message, /unbound .*; claim store-demo-party-1: ProvisioningFailed \(.*"fats" not found\)/);
    const bound = partyTrouble({ status: unscheduled, claims: [claim('Bound')], events });
    assert.doesNotMatch(bound?.message ?? '', /fats/);
  });

  test('that is lost is named', () => {
    const found = partyTrouble({ status: unscheduled, claims: [claim('Lost')] });
    assert.match(found?.message ?? '', /claim store-demo-party-1 is Lost/);
  });

  test('is explained by its own events while its pod has no node', () => {
    const [pod] = observed(party, { status: unscheduled }).pods;
    assert.deepEqual(explainedBy({ pod, claims: [claim('Pending')] }), ['PersistentVolumeClaim']);
    assert.deepEqual(explainedBy({ pod, claims: [claim('Bound')] }), []);
  });
});

test('a party without a node says that its zone has none', () => {
  const status: Pod['status'] = {
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/4 nodes' }],
  };
  assert.match(partyTrouble({ status }, ['a'])?.message ?? '', /^no node for a party is in zone a; 0\/4 nodes/);
  assert.doesNotMatch(partyTrouble({ status }, ['b'])?.message ?? '', /zone/);
});

test('what a container said last is kept from its end', () => {
  const message = `${'x'.repeat(5000)} the HSM is away`;
  const status = {
    containerStatuses: [{ ...waiting('CrashLoopBackOff'), lastState: { terminated: { exitCode: 1, message } } }],
  };
  const found = serverTrouble({ status })?.message ?? '';
  assert.match(found, /: …x+ the HSM is away$/);
  assert.ok(found.length < 1000, String(found.length));
});

test('events are read for no pod that runs or is ready', () => {
  const pod = (status: Pod['status']) => observed(party, { status }).pods[0];
  assert.deepEqual(explainedBy({ pod: undefined, claims: [] }), ['StatefulSet']);
  assert.deepEqual(explainedBy({ pod: pod(creating), claims: [] }), ['Pod']);
  assert.deepEqual(explainedBy({ pod: pod({ conditions: [{ type: 'Ready', status: 'True' }] }), claims: [] }), []);
  const running = { containerStatuses: [{ ...waiting(''), state: { running: {} } }] };
  assert.deepEqual(explainedBy({ pod: pod(running), claims: [] }), []);
});

test('that events cannot be read is said instead of nothing', () => {
  const [state] = serverStates(mpcCluster(), 1, {
    ...observed({ ...server, pod: 'demo-nats-0' }, {}),
    explanations: { events: [], unreadable: 'events.events.k8s.io is forbidden' },
    now,
  });
  assert.match(state?.trouble?.message ?? '', /no pod yet; why is not known, .*events\.events\.k8s\.io is forbidden/);
});
