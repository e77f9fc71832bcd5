import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyShareSet, mpcCluster } from '../../../testing/objects.ts';
import { partyStates } from './party-states.ts';
import { type ZoneNodes, zonesSpread } from './zones-spread.ts';

const parties = partyStates({
  cluster: mpcCluster(),
  pods: [],
  statefulSets: [],
  claims: [],
  explanations: { events: [] },
  emptyZones: [],
  views: new Map(),
  now: new Date('2026-11-21T12:00:00Z'),
});
const spread = (nodes: Partial<ZoneNodes>) => {
  const { status, reason, message } = zonesSpread(parties, [keyShareSet()], {
    empty: [],
    labels: [],
    unknown: [],
    ...nodes,
  });
  return `${status} ${reason} ${message}`;
};

test('a zone without a node is named with its parties: nothing is spread over what does not exist', () => {
  assert.match(spread({}), /^True QuorumWithoutAnyZone/);
  assert.match(
    spread({ empty: ['c'] }),
    /^False ZonesWithoutNodes no node has the label topology.kubernetes.io\/zone of c \(party 3\): label nodes so/,
  );
});

test('a zone whose nodes lack the labels that parties ask for counts as one without nodes', () => {
  assert.match(spread({ empty: ['b', 'c'], labels: ['pool=mpc'] }), /no node with pool=mpc has .* of b \(party 2\), c/);
});

test('the zones of nodes that cannot be read are neither good nor bad', () => {
  const said = spread({ unknown: ['a', 'b', 'c'], failure: 'nodes is forbidden' });
  assert.match(said, /^Unknown NodesUnknown whether zones a, b, c have nodes is not known: nodes is forbidden/);
});
