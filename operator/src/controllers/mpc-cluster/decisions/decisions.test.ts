import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { findCondition } from '@mpc-operator/runtime/conditions';
import type { Pod, StatefulSet } from '@mpc-operator/runtime/resource';
import type { PartyViews } from '../../../parties/view.ts';
import { auxiliaryReport, trying, withAuxiliary } from '../../../testing/auxiliary.ts';
import { keyShareSet, mpcCluster } from '../../../testing/objects.ts';
import { keygenReport, keyReport, view, views, withView } from '../../../testing/reports.ts';
import { type ClusterFacts, clusterConditions } from './conditions.ts';
import { disruptionsAllowed } from './disruptions-allowed.ts';
import { heldKeys } from './held-keys.ts';
import { nextRestart } from './next-restart.ts';
import { type PartyState, partyStates } from './party-states.ts';

const now = new Date('2026-11-21T12:00:00Z');

function pod(
  id: number,
  changes: { ready?: boolean; metadata?: object; status?: object; revision?: string } = {},
): Pod {
  const { ready = true, metadata, status, revision = 'new' } = changes;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `demo-party-${id}-0`,
      namespace: 'ns',
      uid: `pod-${id}`,
      labels: { 'mpc.keyshare.dev/party': String(id), 'controller-revision-hash': revision },
      ...metadata,
    },
    spec: { nodeName: `node-${id}`, containers: [] },
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }], ...status },
  };
}

function statefulSet(id: number, observedGeneration = 2): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: `demo-party-${id}`,
      namespace: 'ns',
      generation: 2,
      labels: { 'mpc.keyshare.dev/party': String(id) },
    },
    status: { replicas: 1, observedGeneration, updateRevision: 'new' },
  };
}

const around = { claims: [], explanations: { events: [] }, emptyZones: [] };

function states(pods: readonly Pod[], seen: PartyViews = views()): readonly PartyState[] {
  return partyStates({
    ...around,
    cluster: mpcCluster(),
    pods,
    statefulSets: [1, 2, 3].map(id => statefulSet(id)),
    views: seen,
    now,
  });
}

const allPods = [1, 2, 3].map(id => pod(id));

describe('the state of a party', () => {
  const of2 = (changed: Pod | undefined, seen = views()) =>
    states([pod(1), ...(changed ? [changed] : []), pod(3)], seen)[1];

  test('is ready when its pod is and it says so itself', () => {
    const state = of2(pod(2));
    assert.equal(state?.ready, true);
    assert.equal(state.trouble, undefined);
    assert.deepEqual([state.pod, state.node, state.zone], ['demo-party-2-0', 'node-2', 'b']);
  });

  const unreported = new Map([...views()].filter(([id]) => id !== 2));
  const cases: [string, Pod | undefined, PartyViews, string, RegExp][] = [
    ['no pod', undefined, views(), 'PodMissing', /no pod/],
    ['a pod that starts', pod(2, { ready: false }), unreported, 'PodNotReady', /not ready/],
    ['silence', pod(2), unreported, 'NotHeardOf', /no recent report/],
    [
      'an HSM that is away',
      pod(2, { ready: false }),
      withView(views(), view(2, [], { ready: false, hsm: { healthy: false, generation: 1, message: 'no slots' } })),
      'HsmUnhealthy',
      /no slots/,
    ],
    [
      'its own word',
      pod(2),
      withView(views(), view(2, [], { ready: false, message: 'store full' })),
      'NotReady',
      /full/,
    ],
    [
      'no node',
      pod(2, {
        ready: false,
        status: {
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes' }],
        },
      }),
      unreported,
      'Unschedulable',
      /0\/3/,
    ],
    [
      'no image',
      pod(2, {
        ready: false,
        status: {
          initContainerStatuses: [{ name: 'hsm', state: { waiting: { reason: 'ImagePullBackOff', message: 'gone' } } }],
        },
      }),
      unreported,
      'ImagePullBackOff',
      /container hsm: gone/,
    ],
    ['a stop', pod(2, { metadata: { deletionTimestamp: '2026-11-21T12:01:00Z' } }), views(), 'Terminating', /stopped/],
    [
      'a node that does not answer',
      pod(2, { metadata: { deletionTimestamp: '2026-11-21T11:58:00Z' } }),
      unreported,
      'NodeLost',
      /taint node node-2 node.kubernetes.io\/out-of-service/,
    ],
  ];
  for (const [what, changed, seen, reason, message] of cases) {
    test(`names ${what}`, () => {
      const state = of2(changed, seen);
      assert.equal(state?.ready, false);
      assert.equal(state.trouble?.reason, reason);
      assert.match(state.trouble.message, message);
    });
  }

  test('keeps the identity of a party that is silent', () => {
    const cluster = {
      ...mpcCluster(),
      status: { parties: [{ id: 2, zone: 'b', pod: '', ready: true, identity: 'abc' }] },
    };
    const [, second] = partyStates({
      ...around,
      cluster,
      pods: allPods,
      statefulSets: [],
      views: unreported,
      now,
    });
    assert.equal(second?.identity, 'abc');
  });

  test('is outdated only by the word of a StatefulSet that has seen its newest spec', () => {
    const old = pod(2, { revision: 'old' });
    const outdated = (observed: number) =>
      partyStates({
        ...around,
        cluster: mpcCluster(),
        pods: [old],
        statefulSets: [statefulSet(2, observed)],
        views: views(),
        now,
      })[1]?.outdated;
    assert.equal(outdated(2), true);
    assert.equal(outdated(1), false);
  });
});

describe('how many parties may go', () => {
  const allowance = (keys: readonly KeyShareSet[], reports: readonly KeyReport[], parties = states(allPods)) =>
    disruptionsAllowed(parties, keys, views(reports));

  test('as many as the tightest key can do without', () => {
    assert.equal(allowance([keyShareSet()], [keyReport(1)]).parties, 1);
    const tight = keyShareSet({ threshold: 3 });
    assert.deepEqual(
      [allowance([keyShareSet(), tight], []).parties, allowance([tight], []).reason],
      [0, 'AllPartiesNeeded'],
    );
    assert.equal(allowance([], []).parties, 1);
  });

  test('no more than bans leave, of an ecdsa key', () => {
    const ecdsa = keyShareSet({ curve: 'p256', purpose: 'ecdsa' });
    const seen = withView(views(), view(1, [], { banned: [{ party: 3, reason: 'a wrong proof' }] }));
    const { parties, reason } = disruptionsAllowed(states(allPods), [ecdsa], seen);
    assert.deepEqual([parties, reason], [0, 'PartyBanned']);
    assert.equal(disruptionsAllowed(states(allPods), [keyShareSet()], seen).parties, 1, 'bans are about ECDSA');
  });

  for (const phase of ['Preparing', 'Certified', 'Activated'] as const) {
    test(`none while an attempt is ${phase}`, () => {
      const key = keyReport(1, { attempt: { number: 2, trigger: 'annotation@x', phase } });
      assert.equal(allowance([keyShareSet()], [key]).reason, 'EpochPending');
    });
  }

  test('none while the active epoch is not final, whoever knows of it', () => {
    const seen = withView(views([keyReport(1)]), view(3, [keyReport(2, { final: 1 })]));
    assert.equal(disruptionsAllowed(states(allPods), [keyShareSet()], seen).reason, 'EpochPending');
  });

  for (const [phase, reason] of [
    ['Preparing', 'GenerationPending'],
    ['Certified', 'GenerationPending'],
    ['Activated', 'GenerationPending'],
    ['Acknowledged', 'ThresholdKept'],
    ['Failed', 'ThresholdKept'],
  ] as const) {
    test(`${reason} while auxiliary information is ${phase}`, () => {
      const seen = withAuxiliary(views([keyReport(1)]), auxiliaryReport(1), trying(phase));
      assert.equal(disruptionsAllowed(states(allPods), [keyShareSet()], seen).reason, reason);
    });
  }

  test('none while a generation of auxiliary information is active and not final', () => {
    const seen = withAuxiliary(views([keyReport(1)]), auxiliaryReport(2, { final: 1 }), auxiliaryReport(1));
    assert.deepEqual(disruptionsAllowed(states(allPods), [keyShareSet()], seen).parties, 0);
  });

  test('a failed attempt holds nobody back, nor does one that lacks an acknowledgement', () => {
    const at = (phase: 'Failed' | 'Acknowledged') =>
      keyReport(1, { attempt: { number: 2, trigger: 'annotation@x', phase } });
    assert.equal(allowance([keyShareSet()], [at('Failed'), keygenReport(1, 'Failed')]).parties, 1);
    const seen = withView(views([at('Acknowledged')]), view(3, [at('Failed')]));
    assert.equal(disruptionsAllowed(states(allPods), [keyShareSet()], seen).parties, 1);
  });

  test('none while it is not known what a running party does', () => {
    const seen = new Map([...views([keyReport(1)])].filter(([id]) => id !== 2));
    assert.equal(disruptionsAllowed(states(allPods, seen), [keyShareSet()], seen).reason, 'PartyUnknown');
    const withoutPod = states([pod(1), pod(3)], seen);
    assert.equal(
      disruptionsAllowed(withoutPod, [keyShareSet()], seen).parties,
      1,
      'Kubernetes counts what has no ready pod',
    );
  });
});

describe('the next restart', () => {
  const one = { parties: 1, reason: 'ThresholdKept', message: '' };
  const none = { parties: 0, reason: 'EpochPending', message: 'between two epochs' };
  const old = (id: number, ready = true) => pod(id, { revision: 'old', ready });

  test('is none when all run what they should', () => {
    assert.equal(nextRestart(states(allPods), one).kind, 'none');
  });

  test('is of one party, the lowest, as long as the allowance lets one go', () => {
    const parties = states([pod(1), old(2), old(3)]);
    const next = nextRestart(parties, one);
    assert.ok(next.kind === 'restart');
    assert.equal(next.party.id, 2);
    assert.deepEqual(nextRestart(parties, none), { kind: 'wait', message: 'between two epochs' });
  });

  test('waits for the previous one: a template that does not work stops there', () => {
    const next = nextRestart(states([pod(1, { ready: false }), old(2), old(3)]), one);
    assert.ok(next.kind === 'wait');
    assert.match(next.message, /party 1 is not ready/);
  });

  test('waits for one that is still being stopped', () => {
    const stopping = pod(2, { revision: 'old', metadata: { deletionTimestamp: '2026-11-21T12:01:00Z' } });
    const next = nextRestart(states([old(1), stopping, pod(3)]), one);
    assert.ok(next.kind === 'wait');
    assert.match(next.message, /party 2 is not ready: the pod is being stopped/);
  });

  test('is of a party that is away anyway, whatever the allowance', () => {
    const next = nextRestart(states([old(1), old(2), old(3, false)]), none);
    assert.ok(next.kind === 'restart');
    assert.equal(next.party.id, 3);
  });
});

describe('the conditions of a cluster', () => {
  const transport = { serversWanted: 3, serversReady: 3, servers: [], connected: true };
  const condition = (type: string, facts: Partial<ClusterFacts>) => {
    const all = clusterConditions({
      parties: states(allPods),
      keys: [keyShareSet()],
      views: views(),
      transport,
      zones: { empty: [], labels: [], unknown: [] },
      securityLevel: 128,
      auxiliary: { kind: 'none' },
      ...facts,
    });
    const found = findCondition(
      all.map(observation => ({ ...observation, lastTransitionTime: '' })),
      type,
    );
    assert.ok(found);
    return `${found.status} ${found.reason} ${found.message}`;
  };
  const away = (...ids: number[]) => states(allPods.filter((_, i) => !ids.includes(i + 1)));

  test('all is well', () => {
    assert.match(condition('Ready', {}), /^True AllPartiesReady/);
    assert.match(condition('QuorumAvailable', {}), /^True/);
    assert.match(condition('HsmHealthy', {}), /^True/);
    assert.match(condition('ZonesSpread', {}), /^True/);
    assert.match(condition('TransportReady', {}), /^True Connected/);
    assert.match(condition('Progressing', {}), /^False Settled/);
  });

  test('a party that is away makes it unready but leaves the quorum', () => {
    assert.match(condition('Ready', { parties: away(2) }), /^False PartiesNotReady party 2 in zone b: PodMissing/);
    assert.match(condition('QuorumAvailable', { parties: away(2) }), /^True/);
    assert.match(condition('QuorumAvailable', { parties: away(1, 2) }), /^False TooFewParties .*treasury \(1 of 2\)/);
    assert.match(condition('QuorumAvailable', { parties: away(1, 2), keys: [] }), /^False TooFewParties 1 of 3/);
  });

  test('an HSM that does not answer is named, and silence is not health', () => {
    const ill = view(3, [], { hsm: { healthy: false, generation: 1 } });
    assert.match(condition('HsmHealthy', { views: withView(views(), ill) }), /^False HsmUnhealthy party 3: /);
    assert.match(condition('HsmHealthy', { views: views([], [1, 2]) }), /^Unknown NotHeardOf no report of party 3/);
  });

  test('a ban is shown with who was banned, by whom and why; silence is not innocence', () => {
    const against = (party: number, reason: string) => ({ banned: [{ party, reason }] });
    const banned = withView(views(), view(1, [], against(3, 'a wrong proof')));
    assert.match(condition('NoMisbehaviour', {}), /^True NobodyBanned/);
    assert.match(
      condition('NoMisbehaviour', { views: banned }),
      /^False PartyBanned party 3 is banned by 1 \(a wrong proof\): those run no ECDSA session with it; find out/,
    );
    const both = withView(banned, view(2, [], against(3, 'another')));
    assert.match(condition('NoMisbehaviour', { views: both }), /party 3 is banned by 1, 2 \(a wrong proof\)/);
    const each = withView(banned, view(3, [], against(1, 'slander')));
    assert.match(condition('NoMisbehaviour', { views: each }), /party 1 is banned by 3 .*; party 3 is banned by 1/);
    assert.match(condition('NoMisbehaviour', { views: views([], [1, 2]) }), /^Unknown NotHeardOf .*parties 3/);
    const before = (status: 'True' | 'False') => [
      { type: 'NoMisbehaviour', status, reason: 'PartyBanned', message: 'a ban', lastTransitionTime: '' },
    ];
    const silent = { views: views([], [2, 3]) };
    assert.match(condition('NoMisbehaviour', { ...silent, before: before('False') }), /^False PartyBanned a ban$/);
    assert.match(condition('NoMisbehaviour', { ...silent, before: before('True') }), /^Unknown/);
    assert.match(condition('NoMisbehaviour', { before: before('False') }), /^True/, 'the ban was lifted');
    assert.match(condition('Ready', { views: banned }), /^True/);
  });

  test('a quorum that bans break is not there, of an ecdsa key', () => {
    const keys = [keyShareSet({ curve: 'p256', purpose: 'ecdsa' })];
    const banned = withView(views(), view(1, [], { banned: [{ party: 3, reason: 'a wrong proof' }] }));
    assert.match(condition('QuorumAvailable', { keys, views: banned }), /^True/);
    const alone = { keys, views: banned, parties: away(2) };
    assert.match(condition('QuorumAvailable', alone), /^False PartyBanned .*treasury \(1 of 2\)/);
    assert.match(condition('QuorumAvailable', { ...alone, keys: [keyShareSet()] }), /^True/);
    assert.match(condition('QuorumAvailable', { ...alone, parties: away(2, 3) }), /^False TooFewParties/);
  });

  test('a zone that holds a quorum is named', () => {
    const parties = [
      { id: 1, zone: 'a' },
      { id: 2, zone: 'a' },
      { id: 3, zone: 'c' },
    ];
    const spread = partyStates({
      ...around,
      cluster: mpcCluster({ parties }),
      pods: allPods,
      statefulSets: [],
      views: views(),
      now,
    });
    assert.match(condition('ZonesSpread', { parties: spread }), /^False ZoneHoldsQuorum .*zone a \(key treasury\)/);
    assert.match(condition('ZonesSpread', { parties: spread, keys: [] }), /^False .*without zone a$/);
    assert.match(condition('ZonesSpread', { keys: [keyShareSet({ threshold: 3 })] }), /zone a .*zone b .*zone c/);
  });

  test('the transport says what is missing, and that a reload is pending without being down', () => {
    const state = (change: Partial<typeof transport> & { reloadPending?: string }) =>
      condition('TransportReady', { transport: { ...transport, ...change } });
    assert.match(state({ serversReady: 2 }), /^False ServersNotReady 2 of 3/);
    assert.match(state({ connected: false }), /^False NotConnected/);
    assert.match(state({ reloadPending: 'servers load' }), /^True ReloadPending servers load/);
    assert.match(condition('Ready', { transport: { ...transport, connected: false } }), /^False TransportNotReady/);
  });
});

test('only keys that a party holds a certificate for count as keys', () => {
  const made = keyShareSet();
  const planned = keyShareSet({}, { name: 'planned' });
  assert.deepEqual(heldKeys([made, planned], views([keyReport(1)])), [made]);
  assert.deepEqual(heldKeys([made], views([keygenReport(1, 'Acknowledged')])), []);
});
