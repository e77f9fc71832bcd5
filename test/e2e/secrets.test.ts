/**
 * A canary: PINs and private keys are where they belong, and nowhere else in the cluster. The party's own tests look
 * for shares.
 */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  caSecretName,
  natsTlsSecretName,
  operatorTlsSecretName,
  partyPodName,
  partyTlsSecretName,
  pinSecretName,
  systemTlsSecretName,
} from '@mpc-operator/crds/names';
import type { Secret } from '@mpc-operator/runtime/resource';
import { OPERATOR_NAMESPACE } from '../cluster/chart.ts';
import { get, kubectl, list } from '../cluster/kubectl.ts';
import { sign } from '../cluster/signing.ts';
import { askForRefresh, CLUSTER, clusterReady, key, keyReady, NAMESPACE, PARTIES, refreshedAbove } from './world.ts';

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

before(async () => {
  await clusterReady();
  const { status } = await keyReady('canary', 'taproot');
  await sign({ namespace: NAMESPACE, name: `canary-${Date.now()}`, key: 'canary', message: Buffer.alloc(32, 1) });
  await askForRefresh('canary');
  await refreshedAbove('canary', status?.epoch ?? 0);
});

/** Returns every form in which text might turn up: as it is, and in base64 at any offset. */
function forms(text: string): string[] {
  const aligned = [0, 1, 2].map(offset => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    // leaves out the characters at either end, which depend on what stands beside the text
    return bytes.toString('base64').slice(Math.ceil((offset * 8) / 6), -4);
  });
  return [text, Buffer.from(text).toString('hex'), ...aligned];
}

async function pins(): Promise<string[]> {
  const secrets = await Promise.all(PARTIES.map(id => get<Secret>(NAMESPACE, 'secret', pinSecretName(CLUSTER, id))));
  const values = secrets.flatMap(secret => Object.values(secret?.data ?? {}));
  assert.equal(values.length, 2 * PARTIES.length);
  return values.map(value => Buffer.from(value, 'base64').toString());
}

/** Returns all objects of all kinds that can be listed: the content of etcd. */
async function everything(): Promise<{ object: Named; text: string }[]> {
  const { stdout } = await kubectl(['api-resources', '--verbs=list', '--output=name']);
  const kinds = stdout.trim().split('\n');
  const lists = await Promise.all(kinds.map(kind => kubectl(['get', kind, '-A', '-o', 'json'], { mayFail: true })));
  return lists.flatMap(({ stdout: json }) => {
    const { items = [] } = json === '' ? {} : (JSON.parse(json) as { items?: Named[] });
    return items.map(object => ({ object, text: JSON.stringify(object) }));
  });
}

const isPinSecret = ({ kind, metadata }: Named): boolean =>
  kind === 'Secret' &&
  metadata.namespace === NAMESPACE &&
  PARTIES.some(id => metadata.name === pinSecretName(CLUSTER, id));

test('no PIN is in any object but its Secret, events and statuses included', async () => {
  const needles = (await pins()).flatMap(forms);
  const objects = await everything();
  assert.ok(
    objects.some(({ object }) => object.kind === 'Event'),
    'events are looked at',
  );
  assert.ok(
    objects.some(({ object }) => object.kind === 'KeyShareSet'),
    'keys are looked at',
  );
  const own = objects.filter(({ object }) => isPinSecret(object));
  assert.ok(
    own.length === PARTIES.length && own.every(({ text }) => needles.some(n => text.includes(n))),
    'the canary sings',
  );
  const leaks = objects.filter(({ object, text }) => !isPinSecret(object) && needles.some(n => text.includes(n)));
  assert.deepEqual(
    leaks.map(({ object }) => `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`),
    [],
  );
});

test('private keys are those of TLS, each in its Secret and nowhere else', async () => {
  const needles = forms('PRIVATE KEY');
  const holders = (await everything()).filter(({ text }) => needles.some(n => text.includes(n)));
  const ofNobody = holders.filter(({ object }) => object.kind !== 'Secret');
  assert.deepEqual(
    ofNobody.map(({ object }) => `${object.kind} ${object.metadata.namespace}/${object.metadata.name}`),
    [],
  );
  const inNamespace = holders.filter(({ object }) => object.metadata.namespace === NAMESPACE);
  const names = [caSecretName, natsTlsSecretName, operatorTlsSecretName, systemTlsSecretName].map(of => of(CLUSTER));
  assert.deepEqual(
    inNamespace.map(({ object }) => object.metadata.name).sort(),
    [...names, ...PARTIES.map(id => partyTlsSecretName(CLUSTER, id))].sort(),
  );
});

test('no PIN and no private key is in any log', async () => {
  const needles = [...(await pins()).flatMap(forms), 'PRIVATE KEY'];
  const pods = await list<Named>(NAMESPACE, 'pods');
  const operators = await list<Named>(OPERATOR_NAMESPACE, 'pods');
  assert.ok(pods.length >= PARTIES.length && operators.length > 0);
  for (const { metadata } of [...pods, ...operators]) {
    const namespace = metadata.namespace ?? '';
    const { stdout } = await kubectl(['-n', namespace, 'logs', metadata.name, '--all-containers', '--prefix']);
    for (const needle of needles) assert.ok(!stdout.includes(needle), `${metadata.name} logs a secret`);
  }
});

test('no PIN is in the arguments or the environment of any process of a party', async () => {
  const needles = await pins();
  const script = 'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr "\\0" "\\n"';
  for (const party of PARTIES) {
    for (const container of ['party', 'hsm']) {
      const exec = ['exec', partyPodName(CLUSTER, party), '-c', container, '--', 'sh', '-c', script];
      const { stdout } = await kubectl(['-n', NAMESPACE, ...exec], { mayFail: true });
      assert.match(stdout, /node|p11-kit/);
      for (const needle of needles) assert.ok(!stdout.includes(needle), `party ${party}, ${container}`);
    }
  }
  assert.ok((await key('canary')).status?.publicKey);
});
