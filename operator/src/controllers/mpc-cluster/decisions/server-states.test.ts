import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mpcCluster } from '../../../testing/objects.ts';
import { views } from '../../../testing/reports.ts';
import { type ClusterFacts, clusterConditions } from './conditions.ts';
import { partyStates } from './party-states.ts';
import { serverStates } from './server-states.ts';

const now = new Date('2026-11-21T12:00:00Z');
const explanations = { events: [] };

function messages(cluster = mpcCluster(), words = 'refused'): Map<string, string> {
  const said = { reason: 'FailedCreate', message: words };
  const parties = partyStates({
    cluster,
    pods: [],
    statefulSets: [],
    claims: [],
    explanations,
    emptyZones: [],
    views: views(),
    now,
  }).map(party => ({ ...party, trouble: said }));
  const facts: ClusterFacts = {
    parties,
    keys: [],
    views: views(),
    transport: {
      serversWanted: 3,
      serversReady: 2,
      servers: [{ pod: 'demo-nats-0' }, { pod: 'demo-nats-1', trouble: said }],
      connected: true,
    },
    zones: { empty: [], labels: [], unknown: [] },
    securityLevel: 128,
    auxiliary: { kind: 'none' },
  };
  return new Map(clusterConditions(facts).map(({ type, message }) => [type, message]));
}

test('the condition of the transport says of each server that is not ready what keeps it', () => {
  assert.equal(messages().get('TransportReady'), '2 of 3 NATS servers are ready; demo-nats-1: FailedCreate (refused)');
});

test('every party has its place in the condition Ready, however long its trouble is', () => {
  const parties = Array.from({ length: 16 }, (_, i) => ({ id: i + 1, zone: 'a' }));
  const ready = messages(mpcCluster({ parties }), 'x'.repeat(2000)).get('Ready') ?? '';
  for (const { id } of parties) assert.ok(ready.includes(`party ${id} in zone a: FailedCreate (x`), `party ${id}`);
  assert.ok(ready.length <= 4096);
});

test('a server that is there and ready has no trouble, and one that is missing has', () => {
  const [first, second] = serverStates(mpcCluster(), 2, {
    pods: [
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'demo-nats-0' },
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      },
    ],
    statefulSets: [],
    explanations,
    now,
  });
  assert.deepEqual(first, { pod: 'demo-nats-0' });
  assert.equal(second?.trouble?.reason, 'PodMissing');
});
