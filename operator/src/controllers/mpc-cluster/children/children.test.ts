import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mpcCluster, settings } from '../../../testing/objects.ts';
import { natsBudget, natsService, natsStatefulSet } from './nats.ts';
import { natsConfig, revisionOf } from './nats-config.ts';
import { networkPolicies } from './network-policies.ts';
import { partyService, partyStatefulSet } from './party.ts';
import { partyRole, partyRoleBinding, partyServiceAccount } from './party-access.ts';
import { partyBudget } from './party-budget.ts';
import { newPinSecret } from './pin-secret.ts';
import { pairOf, tlsSecret } from './tls-secret.ts';
import { claims } from './volumes.ts';

const cluster = mpcCluster();
const party = partyStatefulSet(cluster, { id: 2, zone: 'b' }, settings);
const pod = party.spec?.template.spec;
const containers = [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])];
const nats = natsStatefulSet(cluster, settings);

function named<T extends { readonly name: string }>(list: readonly T[] | undefined, name: string): T {
  const found = list?.find(item => item.name === name);
  assert.ok(found, `no ${name}`);
  return found;
}

function volumesOf(name: string): readonly string[] {
  return (named(containers, name).volumeMounts ?? []).map(mount => mount.name);
}

describe('pods', () => {
  test('all satisfy Pod Security restricted and write only to their volumes', () => {
    for (const spec of [pod, nats.spec?.template.spec]) {
      assert.equal(spec?.securityContext?.runAsNonRoot, true);
      assert.deepEqual(spec.securityContext.seccompProfile, { type: 'RuntimeDefault' });
      for (const { securityContext } of [...(spec.initContainers ?? []), ...spec.containers]) {
        assert.equal(securityContext?.allowPrivilegeEscalation, false);
        assert.equal(securityContext.readOnlyRootFilesystem, true);
        assert.deepEqual(securityContext.capabilities, { drop: ['ALL'] });
      }
    }
  });

  test('only the party has a token of the API, and no container has one by default', () => {
    assert.equal(pod?.automountServiceAccountToken, false);
    assert.equal(nats.spec?.template.spec?.automountServiceAccountToken, false);
    assert.equal(partyServiceAccount(cluster, 2).automountServiceAccountToken, false);
    assert.deepEqual(
      containers.filter(({ name }) => volumesOf(name).includes('api-access')).map(({ name }) => name),
      ['party'],
    );
  });

  test('have the same quantities from whole numbers as from strings', () => {
    const all = <T>(amounts: T) => ({ party: amounts, hsm: amounts, nats: amounts });
    const built = (cpu: number | string, memory: number | string) => {
      const asked = mpcCluster({
        resources: all({ requests: { cpu }, limits: { cpu, memory } }),
      });
      return [partyStatefulSet(asked, { id: 1, zone: 'a' }, settings), natsStatefulSet(asked, settings)];
    };
    assert.deepEqual(built(1, 1_073_741_824), built('1', '1073741824'));
    for (const { spec } of built(1, 1_073_741_824)) {
      const podSpec = spec?.template.spec;
      for (const { name, resources } of [...(podSpec?.initContainers ?? []), ...(podSpec?.containers ?? [])]) {
        const expected = { requests: { cpu: '1' }, limits: { cpu: '1', memory: '1073741824' } };
        assert.deepEqual(resources, expected, name);
      }
    }
  });

  test('images are those of the spec, and otherwise those of the installation', () => {
    assert.equal(named(containers, 'party').image, 'example.test/party:1');
    const pinned = mpcCluster({ images: { pullPolicy: 'Always', party: 'example.test/party@sha256:1' } });
    const container = partyStatefulSet(pinned, { id: 1, zone: 'a' }, settings).spec?.template.spec?.containers[0];
    assert.equal(container?.image, 'example.test/party@sha256:1');
    assert.equal(container.imagePullPolicy, 'Always');
  });
});

describe('a party', () => {
  test('is a StatefulSet of one that never restarts its pod by itself', () => {
    assert.equal(party.metadata.name, 'demo-party-2');
    assert.equal(party.spec?.replicas, 1);
    assert.deepEqual(party.spec.updateStrategy, { type: 'OnDelete' });
    assert.equal(party.spec.volumeClaimTemplates, undefined);
    assert.equal(party.spec.serviceName, partyService(cluster).metadata.name);
  });

  test('runs in its zone and on no node with another party', () => {
    const affinity = pod?.affinity;
    const [term] = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
    assert.deepEqual(term?.matchExpressions, [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['b'] }]);
    const [rule] = affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    assert.equal(rule?.topologyKey, 'kubernetes.io/hostname');
    assert.deepEqual(rule?.labelSelector?.matchLabels, partyService(cluster).spec?.selector);
  });

  test('shares only the socket with its HSM: neither sees the volume of the other', () => {
    assert.ok(!volumesOf('party').includes('token'));
    assert.ok(!volumesOf('hsm').includes('store'));
    assert.ok(volumesOf('party').includes('hsm-socket') && volumesOf('hsm').includes('hsm-socket'));
    assert.deepEqual(named(pod?.volumes, 'hsm-socket').emptyDir?.medium, 'Memory');
  });

  test('has its HSM up before it and down after it', () => {
    const hsm = named(pod?.initContainers, 'hsm');
    assert.equal(hsm.restartPolicy, 'Always');
    assert.ok(hsm.startupProbe);
    assert.deepEqual(
      pod?.initContainers?.map(container => container.name),
      ['hsm-init', 'hsm'],
    );
  });

  test("sees its own PIN only; the security officer's is seen by none that stays", () => {
    assert.deepEqual(
      named(pod?.volumes, 'user-pin').secret?.items?.map(item => item.key),
      ['user-pin'],
    );
    assert.deepEqual(
      containers.filter(({ name }) => volumesOf(name).includes('pins')).map(({ name }) => name),
      ['hsm-init'],
    );
    assert.equal(named(pod?.volumes, 'pins').secret?.defaultMode, 0o400);
  });

  test('gets no secret by its environment or arguments', () => {
    for (const { env = [], args = [] } of containers) {
      assert.ok(env.every(({ valueFrom }) => valueFrom?.secretKeyRef === undefined));
      assert.doesNotMatch(JSON.stringify(args), /--pin|pin-value/);
    }
  });

  test('stays alive whatever is away: liveness and readiness are different probes', () => {
    const { livenessProbe, readinessProbe } = named(containers, 'party');
    assert.equal(livenessProbe?.httpGet?.path, '/healthz');
    assert.equal(readinessProbe?.httpGet?.path, '/readyz');
  });

  test('has a token label that PKCS #11 and the image allow, and no other party has', () => {
    const long = mpcCluster({}, { name: 'c'.repeat(40) });
    const labels = [cluster, long].flatMap(c =>
      [1, 64].map(
        id => partyStatefulSet(c, { id, zone: 'a' }, settings).spec?.template.spec?.initContainers?.[1]?.args?.[1],
      ),
    );
    for (const label of labels) assert.match(label ?? '', /^[A-Za-z0-9._-]{1,32}$/);
    assert.equal(new Set(labels).size, 4);
  });

  test('is told the security level of its cluster', () => {
    const told = (securityLevel: 112 | 128) =>
      partyStatefulSet(
        mpcCluster({ securityLevel }),
        { id: 1, zone: 'a' },
        settings,
      ).spec?.template.spec?.containers[0]?.env?.find(({ name }) => name === 'MPC_SECURITY_LEVEL')?.value;
    assert.deepEqual([told(112), told(128)], ['112', '128']);
  });

  test('may see requests and keys, answer requests and record events, and nothing else', () => {
    assert.deepEqual(partyRole(cluster).rules, [
      { apiGroups: ['mpc.keyshare.dev'], resources: ['signrequests', 'keysharesets'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['mpc.keyshare.dev'], resources: ['signrequests/status'], verbs: ['patch'] },
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
    ]);
    assert.deepEqual(
      partyRoleBinding(cluster).subjects?.map(subject => subject.name),
      ['demo-party-1', 'demo-party-2', 'demo-party-3'],
    );
  });
});

describe('what outlives its cluster', () => {
  test('volumes and PINs have no owner, everything else goes with the cluster', () => {
    for (const object of [...claims(cluster, 1), newPinSecret(cluster, 1)]) {
      assert.equal(object.metadata.ownerReferences, undefined);
      assert.equal(object.metadata.labels?.['mpc.keyshare.dev/cluster'], 'demo');
    }
    const owned = [
      party,
      nats,
      natsService(cluster),
      partyRole(cluster),
      partyBudget(cluster, { maxUnavailable: 1, unreadyMayGo: false }),
      natsBudget(cluster),
    ];
    for (const object of [...owned, ...networkPolicies(cluster, settings)]) {
      assert.equal(object.metadata.ownerReferences?.[0]?.uid, 'cluster-uid');
    }
  });

  test('a volume is for one pod only, of the class asked for or the default', () => {
    const [store, token] = claims(mpcCluster({ storage: { className: 'fast', store: '2Gi', token: '1Mi' } }), 3);
    assert.deepEqual(store?.spec?.accessModes, ['ReadWriteOncePod']);
    assert.equal(store.spec.storageClassName, 'fast');
    assert.deepEqual(token?.spec?.resources?.requests, { storage: '1Mi' });
    const inBytes = claims(mpcCluster({ storage: { store: 2_147_483_648, token: 1_048_576 } }), 3);
    assert.deepEqual(
      inBytes.map(({ spec }) => spec?.resources?.requests?.storage),
      ['2147483648', '1048576'],
    );
    assert.ok(claims(cluster, 1).every(claim => !('storageClassName' in (claim.spec ?? {}))));
  });

  test('PINs are long, random, and never the same', () => {
    const pins = [1, 2].flatMap(id => Object.values(newPinSecret(cluster, id).data ?? {}));
    assert.equal(new Set(pins).size, 4);
    for (const pin of pins) assert.match(Buffer.from(pin, 'base64').toString(), /^[a-zA-Z2-9]{24}$/);
  });
});

describe('NATS', () => {
  const config = natsConfig(cluster, 'certificate');
  // The first line of the configuration names the server by a variable; the rest is JSON without its braces.
  const [name, ...rest] = config.text.split('\n');
  const parsed = JSON.parse(`{${rest.join('\n')}}`);

  test('has one server in each zone that has a party', () => {
    assert.equal(nats.spec?.replicas, 3);
    const [spread] = nats.spec?.template.spec?.topologySpreadConstraints ?? [];
    assert.equal(spread?.whenUnsatisfiable, 'DoNotSchedule');
    assert.equal(spread.minDomains, 3);
    const shared = mpcCluster({ parties: [1, 2, 3].map(id => ({ id, zone: 'a' })) });
    assert.equal(natsStatefulSet(shared, settings).spec?.replicas, 1);
  });

  test('maps each client by its certificate to a user with its own subjects only', () => {
    assert.equal(parsed.tls.verify_and_map, true);
    const user = parsed.accounts.MPC.users.find((u: { user: string }) => u.user.endsWith('/party/2'));
    assert.equal(user.user, 'mpc://mpc.keyshare.dev/ns/demo/party/2');
    assert.deepEqual(user.permissions.publish.allow, [
      'mpc.node.*.2',
      'mpc.round.2.*',
      'mpc.report.2',
      'mpc.reply.2.*',
    ]);
    assert.deepEqual(user.permissions.subscribe.allow, ['mpc.node.2.*', 'mpc.round.*.*', 'mpc.control.2']);
    assert.ok(!config.text.includes('allow_responses'), 'it would let a party publish anywhere');
  });

  test('lets only its own certificate be a route', () => {
    assert.equal(parsed.cluster.tls.verify_and_map, true);
    assert.equal(parsed.cluster.authorization.user, 'mpc://mpc.keyshare.dev/ns/demo/nats');
  });

  test('has one configuration for all, in which each finds its name', () => {
    assert.equal(name, 'server_name: $POD_NAME');
    assert.equal(nats.spec?.template.spec?.containers[0]?.env?.[0]?.name, 'POD_NAME');
  });

  test('keeps nothing, and shows itself to its own pod only', () => {
    assert.equal(parsed.http, '127.0.0.1:8222');
    for (const key of ['jetstream', 'http_port', 'https_port', 'leafnodes', 'gateway', 'websocket', 'mqtt']) {
      assert.ok(!(key in parsed), key);
    }
  });

  test('shows its revision, which follows from configuration and certificate, in any order of the parties', () => {
    assert.equal(revisionOf(parsed.server_tags), config.revision);
    const reordered = mpcCluster({ parties: [...cluster.spec.parties].reverse() });
    assert.equal(natsConfig(reordered, 'certificate').revision, config.revision);
    const more = mpcCluster({ parties: [...cluster.spec.parties, { id: 4, zone: 'a' }] });
    assert.notEqual(natsConfig(more, 'certificate').revision, config.revision);
    assert.notEqual(natsConfig(cluster, 'other').revision, config.revision);
    assert.equal(revisionOf(['other']), undefined);
  });
});

describe('the network', () => {
  const [deny, natsPolicy, partyPolicy] = networkPolicies(cluster, settings);

  test('is closed in both directions for all pods of the cluster', () => {
    assert.deepEqual(deny?.spec, {
      podSelector: { matchLabels: { 'mpc.keyshare.dev/cluster': 'demo' } },
      policyTypes: ['Ingress', 'Egress'],
    });
  });

  test('lets parties and the operator reach NATS, and only NATS its routes', () => {
    const [clients, routes] = natsPolicy?.spec?.ingress ?? [];
    assert.deepEqual(clients?.ports, [{ port: 4222, protocol: 'TCP' }]);
    assert.equal(clients.from?.length, 2);
    assert.deepEqual(clients.from?.[1]?.namespaceSelector?.matchLabels, {
      'kubernetes.io/metadata.name': 'mpc-system',
    });
    assert.deepEqual(routes?.from, [{ podSelector: natsPolicy?.spec?.podSelector }]);
  });

  test('lets a party reach the API server only where the installation says it is', () => {
    assert.deepEqual(partyPolicy?.spec?.egress?.[2], { ports: [443, 6443].map(port => ({ port, protocol: 'TCP' })) });
    const known = { ...settings, apiServer: { cidrs: ['10.0.0.1/32'], ports: [6443] } };
    const [, , narrow] = networkPolicies(cluster, known);
    assert.deepEqual(narrow?.spec?.egress?.[2]?.to, [{ ipBlock: { cidr: '10.0.0.1/32' } }]);
  });
});

test('a certificate comes out of its Secret as it went in', () => {
  const pair = { certificate: 'certificate', privateKey: 'key' };
  const secret = tlsSecret(cluster, { name: 'x', component: 'nats' }, pair, 'authority', { 'nats.conf': '{}' });
  assert.deepEqual(pairOf(secret), pair);
  assert.deepEqual(Object.keys(secret.data ?? {}), ['tls.crt', 'tls.key', 'ca.crt', 'nats.conf']);
  assert.equal(pairOf(undefined), undefined);
});
