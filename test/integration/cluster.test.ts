import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { apply as applyIn, kubectl } from '../cluster/kubectl.ts';

// This file tests what every other test in a cluster takes for granted: zones, names, volumes, and policies that are
// enforced.

const namespace = `cluster-test-${process.pid}`;
const apply = (...objects: object[]): Promise<unknown> => applyIn(namespace, ...objects);
const inNamespace = async (...args: string[]): Promise<string> => (await kubectl(['-n', namespace, ...args])).stdout;

const pod = (name: string, zone: string, program: string, volume: object[] = []): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name } },
  spec: {
    nodeSelector: { 'topology.kubernetes.io/zone': zone },
    terminationGracePeriodSeconds: 0,
    volumes: volume,
    containers: [
      {
        name: 'node',
        image: 'mpc-operator/party:dev',
        imagePullPolicy: 'Never',
        command: ['node', '-e', program],
        volumeMounts: volume.map(() => ({ name: 'data', mountPath: '/data' })),
        readinessProbe: { exec: { command: ['true'] }, periodSeconds: 1 },
      },
    ],
  },
});

// each answer ends its connection: a policy does not end those that stand when it comes
const server = (): object =>
  pod(
    'server',
    'b',
    `require('node:http')
      .createServer((_, answer) => answer.setHeader('connection', 'close').end('hello'))
      .listen(8080)`,
    [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  );

/** Asks the server from the client's pod, again and again for up to 20 seconds, until it gets the expected answer. */
const answersUntil = async (expected: 'hello' | 'nothing'): Promise<string> => {
  const program = `
    const ask = () => fetch('http://server.${namespace}.svc.cluster.local', { signal: AbortSignal.timeout(1000) })
      .then(answer => answer.text(), () => 'nothing');
    const until = async deadline => {
      const answer = await ask();
      return answer === '${expected}' || Date.now() > deadline ? answer : until(deadline);
    };
    until(Date.now() + 20_000).then(answer => process.stdout.write(answer, () => process.exit()));`;
  return await inNamespace('exec', 'client', '--', 'node', '-e', program);
};

before(async () => {
  await kubectl(['create', 'namespace', namespace]);
  await apply(
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOncePod'], resources: { requests: { storage: '16Mi' } } },
    },
    server(),
    pod('client', 'a', 'setInterval(() => {}, 1e6)'),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'server' },
      spec: { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
  );
  await inNamespace('wait', '--for=condition=Ready', 'pods', '--all', '--timeout=120s');
});

after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']));

test('the workers stand in three zones of one region', async () => {
  const labels = ['zone', 'region'].map(name => `{.metadata.labels.topology\\.kubernetes\\.io/${name}}`).join('/');
  const places = await inNamespace('get', 'nodes', '-o', `jsonpath={range .items[*]}${labels} {end}`);
  assert.deepEqual(
    places
      .split(' ')
      .filter(place => place.length > 1)
      .sort(),
    ['a/local', 'b/local', 'c/local'],
  );
});

test('a pod reaches a service of another zone by its name', async () => {
  assert.equal(await answersUntil('hello'), 'hello');
});

test('a network policy denies, and no longer once it is gone', async () => {
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'deny' },
    spec: { podSelector: { matchLabels: { app: 'server' } }, policyTypes: ['Ingress'] },
  };
  await apply(policy);
  assert.equal(await answersUntil('nothing'), 'nothing');
  await inNamespace('delete', 'networkpolicy', 'deny');
  assert.equal(await answersUntil('hello'), 'hello');
});

test('a volume that one pod may mount is bound and outlives the pod', async () => {
  assert.equal(await inNamespace('get', 'pvc', 'data', '-o', 'jsonpath={.status.phase}'), 'Bound');
  const onVolume = (script: string): Promise<string> => inNamespace('exec', 'server', '--', 'sh', '-c', script);
  await onVolume('echo kept >/data/file');
  await inNamespace('delete', 'pod', 'server');
  await apply(server());
  await inNamespace('wait', '--for=condition=Ready', 'pod/server', '--timeout=120s');
  assert.equal(await onVolume('cat /data/file'), 'kept\n');
});
