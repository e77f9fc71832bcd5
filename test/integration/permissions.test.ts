import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { partyRole } from '@mpc-operator/operator/controllers/mpc-cluster/children/party-access';
import { mpcCluster } from '@mpc-operator/operator/testing/objects';
import { installChart, type Manifest, OPERATOR_NAMESPACE, refusal, render } from '../cluster/chart.ts';
import { kubectl } from '../cluster/kubectl.ts';

// docs/reference/permissions.md says what everybody may do: a right that is added shows in its diff. `node --test
// --test-update-snapshots test/integration/permissions.test.ts` writes that page.

const PAGE = join(import.meta.dirname, '../../docs/reference/permissions.md');

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** Returns one row for each resource: its group, the names it is limited to, and the verbs. */
function table(rules: readonly Rule[]): string[] {
  const rows = rules.flatMap(({ apiGroups = [], resources = [], verbs, resourceNames = [] }) =>
    apiGroups.flatMap(group =>
      resources.map(resource => {
        const name = group === '' ? resource : `${resource}.${group}`;
        return `| ${name} | ${resourceNames.join(', ')} | ${verbs.join(', ')} |`;
      }),
    ),
  );
  return ['| Resource | Only | Verbs |', '|---|---|---|', ...rows.sort(), ''];
}

function rulesOf(manifests: readonly Manifest[], kind: string, name: string): readonly Rule[] {
  const found = manifests.find(object => object.kind === kind && object.metadata.name === name);
  assert.ok(found?.rules, `no ${kind} ${name}`);
  return found.rules;
}

async function page(): Promise<string> {
  const manifests = await render();
  const ofUsers = ['mpc-viewer', 'mpc-signer', 'mpc-admin'];
  return [
    '# Permissions',
    '',
    '<!-- Written by test/integration/permissions.test.ts from the chart and the operator. Do not edit. -->',
    '',
    'What the parts of mpc-operator may do in Kubernetes, and what its ClusterRoles give to people.',
    '',
    '## The operator',
    '',
    'In all namespaces, or in those of the value `watchNamespaces`. ' +
      'It cannot create a SignRequest, list Secrets or delete a pod.',
    '',
    ...table(rulesOf(manifests, 'ClusterRole', 'mpc-operator')),
    'Of the Kubernetes cluster, wherever it works:',
    '',
    ...table(rulesOf(manifests, 'ClusterRole', 'mpc-operator-nodes')),
    'In its own namespace:',
    '',
    ...table(rulesOf(manifests, 'Role', 'mpc-operator-leader-election')),
    '## A party',
    '',
    'In the namespace of its MpcCluster.',
    '',
    ...table(partyRole(mpcCluster()).rules ?? []),
    ...ofUsers.flatMap(name => [`## ${name}`, '', ...table(rulesOf(manifests, 'ClusterRole', name))]),
  ].join('\n');
}

describe('permissions', () => {
  test('are those that are written down', async t => {
    t.assert.fileSnapshot(await page(), PAGE, { serializers: [value => String(value)] });
  });

  test('have no wildcard', async () => {
    const rules = (await render()).flatMap(object => object.rules ?? []);
    assert.ok(rules.length > 0);
    for (const { apiGroups, resources, verbs } of rules) {
      assert.ok(![...apiGroups, ...resources, ...verbs].some(item => item.includes('*')));
    }
  });

  test('end at the namespaces that are watched', async () => {
    const manifests = await render('watchNamespaces={a,b}');
    const operator = manifests.filter(({ metadata }) => metadata.name === 'mpc-operator');
    assert.deepEqual(
      operator.filter(({ kind }) => kind.startsWith('ClusterRole')),
      [],
    );
    assert.deepEqual(
      operator.filter(({ kind }) => kind === 'Role').map(({ metadata }) => metadata.namespace),
      ['a', 'b'],
    );
  });
});

describe('the chart', () => {
  test('keeps its CustomResourceDefinitions when it is uninstalled', async () => {
    const definitions = (await render()).filter(({ kind }) => kind === 'CustomResourceDefinition');
    assert.equal(definitions.length, 4);
    for (const { metadata } of definitions) assert.equal(metadata.annotations['helm.sh/resource-policy'], 'keep');
    const without = await render('crds.enabled=false');
    assert.ok(without.every(({ kind }) => kind !== 'CustomResourceDefinition'));
  });

  test('refuses values that it does not know', async () => {
    assert.match(await refusal('replica=3'), /replica/);
    assert.match(await refusal('images.party.digest=latest'), /digest/);
  });

  test('names images by digest where there is one', async () => {
    const digest = `sha256:${'0'.repeat(64)}`;
    const manifests = await render('images.registry=r.example', `images.party.digest=${digest}`, 'images.tag=v1');
    const text = JSON.stringify(manifests);
    assert.ok(text.includes(`r.example/mpc-operator/party@${digest}`));
    assert.ok(text.includes('r.example/mpc-operator/softhsm:v1'));
  });
});

describe('the API server', () => {
  before(() => installChart({ wait: false }));
  const canI = async (...what: string[]) => {
    const as = `--as=system:serviceaccount:${OPERATOR_NAMESPACE}:mpc-operator`;
    return (await kubectl(['auth', 'can-i', ...what, as, '--namespace', 'default'], { mayFail: true })).stdout.trim();
  };

  for (const what of [
    'create statefulsets.apps',
    'patch keysharesets.mpc.keyshare.dev',
    'create pods --subresource=eviction',
    'list events.events.k8s.io',
    'list nodes',
  ]) {
    test(`lets the operator ${what}`, async () => {
      assert.equal(await canI(...what.split(' ')), 'yes');
    });
  }

  for (const what of [
    'create signrequests.mpc.keyshare.dev',
    'sign keysharesets.mpc.keyshare.dev',
    'list secrets',
    'delete pods',
    'create pods',
    'create pods --subresource=exec',
    'get nodes',
    'patch nodes',
  ]) {
    test(`does not let the operator ${what}`, async () => {
      assert.equal(await canI(...what.split(' ')), 'no');
    });
  }
});
