import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { UNFINISHED } from '@mpc-operator/crds/sign-request';
import { parseAllDocuments } from 'yaml';
import { installChart } from '../cluster/chart.ts';
import { kubectl, until } from '../cluster/kubectl.ts';

// This file tests what the API server accepts and what it refuses, with which words: schemas, CEL rules and the policy
// for the verb `sign`.

const namespace = `api-test-${process.pid}`;
const EXAMPLES = join(import.meta.dirname, '../../examples');
const API = 'mpc.keyshare.dev/v1alpha1';

type Json = { readonly [key: string]: unknown };
interface Sample extends Json {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Json };
  readonly spec: Json;
}

/** Returns a sample that is paused, so that an operator that runs in this cluster leaves it alone. */
const sample = (kind: string, name: string, spec: Json): Sample => ({
  apiVersion: API,
  kind,
  metadata: { name, annotations: { 'mpc.keyshare.dev/paused': 'true' } },
  spec,
});
const cluster = sample('MpcCluster', 'demo', {
  parties: [
    { id: 1, zone: 'a' },
    { id: 2, zone: 'b' },
    { id: 3, zone: 'c' },
  ],
});
const key = sample('KeyShareSet', 'treasury', {
  clusterRef: { name: 'demo' },
  curve: 'ed25519',
  purpose: 'eddsa',
  threshold: 2,
  parties: [1, 2, 3],
});
const ecdsa: Json = { curve: 'secp256k1', purpose: 'ecdsa' };
const request = sample('SignRequest', 'pay', { keyRef: { name: 'treasury' }, message: 'aGVsbG8=' });
const policy = sample('RotationPolicy', 'nightly', { schedule: '@daily', keys: { names: ['treasury'] } });

const withSpec = (object: Sample, spec: Json): Sample => ({ ...object, spec: { ...object.spec, ...spec } });
const withName = (object: Sample, name: string): Sample => ({ ...object, metadata: { ...object.metadata, name } });

async function send(verb: readonly string[], object: object, ...options: readonly string[]): Promise<string> {
  const args = ['--namespace', namespace, ...verb, '--filename', '-', ...options];
  const { code, stderr } = await kubectl(args, { input: JSON.stringify(object), mayFail: true });
  return code === 0 ? '' : stderr;
}

const dryRun = (object: object, ...options: string[]) => send(['apply', '--dry-run=server'], object, ...options);

before(async () => {
  await installChart({ wait: false });
  await kubectl(['wait', '--for=condition=Established', 'crd', '-l', 'app.kubernetes.io/part-of=mpc-operator']);
  await kubectl(['create', 'namespace', namespace]);
  for (const object of [cluster, key, policy, request]) assert.equal(await send(['apply'], object), '');
});
after(() => kubectl(['delete', 'namespace', namespace, '--wait=false']));

describe('what is right is taken', () => {
  for (const file of readdirSync(EXAMPLES).filter(name => !name.startsWith('00-'))) {
    for (const document of parseAllDocuments(readFileSync(join(EXAMPLES, file), 'utf8'))) {
      const object: Sample = document.toJS();
      test(`examples/${file}: ${object.kind} ${object.metadata.name}`, async () => {
        assert.equal(await dryRun({ ...object, metadata: { ...object.metadata, namespace } }), '');
      });
    }
  }

  test('a child at the last index there is', async () => {
    const derivations = [{ path: 'm/2147483647/0/999999999/1000000000/2147483639' }, { path: 'm' }];
    assert.equal(await dryRun(withName(withSpec(key, { ...ecdsa, derivations }), 'new')), '');
  });

  test('a party is added, a deletion policy changed', async () => {
    const parties = [1, 2, 3, 4].map(id => ({ id, zone: ['a', 'b', 'c', 'a'][id - 1] }));
    assert.equal(await dryRun(withSpec(cluster, { parties })), '');
    assert.equal(await dryRun(withSpec(key, { deletionPolicy: 'Destroy', parties: [3, 2, 1] })), '');
  });
});

const wrong: readonly [string, Sample, RegExp][] = [
  [
    'a threshold above the number of parties',
    withName(withSpec(key, { threshold: 4 }), 'new'),
    /spec\.threshold.*threshold 4 exceeds the 3 parties: lower spec\.threshold or add to spec\.parties/,
  ],
  [
    'a threshold of one',
    withName(withSpec(key, { threshold: 1 }), 'new'),
    /spec\.threshold.*greater than or equal to 2/,
  ],
  ['a field that does not exist', withName(withSpec(key, { treshold: 2 }), 'new'), /unknown field "spec\.treshold"/],
  [
    'a purpose on the wrong curve',
    withName(withSpec(key, { purpose: 'taproot' }), 'new'),
    /purpose taproot needs curve secp256k1, not ed25519: set spec\.curve to secp256k1, or spec\.purpose to eddsa/,
  ],
  ['a curve that does not exist', withName(withSpec(key, { curve: 'p224' }), 'new'), /Unsupported value: "p224"/],
  ['a party twice', withName(withSpec(key, { parties: [1, 2, 2] }), 'new'), /Duplicate value: 2/],
  [
    'a key without a cluster',
    withName({ ...key, spec: { ...key.spec, clusterRef: undefined } }, 'new'),
    /spec\.clusterRef: Required/,
  ],
  ['a key name with a dot', withName(key, 'a.b'), /metadata\.name must be a DNS label of at most 63 characters/],
  [
    'a cluster of one party',
    withName(withSpec(cluster, { parties: [{ id: 1, zone: 'a' }] }), 'new'),
    /at least 2 items/,
  ],
  ['a cluster name that is too long', withName(cluster, 'c'.repeat(41)), /at most 40 characters/],
  [
    'a zone that is no label',
    withName(
      withSpec(cluster, {
        parties: [
          { id: 1, zone: 'a b' },
          { id: 2, zone: 'b' },
        ],
      }),
      'new',
    ),
    /zone.*should match/,
  ],
  [
    'an oversized message',
    withName(withSpec(request, { message: 'A'.repeat(87_388) }), 'new'),
    /may not be more than 87384 bytes/,
  ],
  [
    'a message that is no base64',
    withName(withSpec(request, { message: 'hello!!' }), 'new'),
    /spec\.message.*should match/,
  ],
  [
    'a deadline of nothing',
    withName(withSpec(request, { deadlineSeconds: 0 }), 'new'),
    /deadlineSeconds.*greater than or equal to 1/,
  ],
  [
    'keys by both names and selector',
    withName(withSpec(policy, { keys: { names: ['a'], selector: {} } }), 'new'),
    /exactly one of keys\.names and keys\.selector must be given/,
  ],
  ['keys by neither', withName(withSpec(policy, { keys: {} }), 'new'), /exactly one of keys\.names/],
  [
    'a label that is compared with nothing',
    withName(
      withSpec(policy, { keys: { selector: { matchExpressions: [{ key: 'tier', operator: 'NotIn' }] } } }),
      'new',
    ),
    /matchExpressions\[0\]\.values.*operator NotIn compares the label with values: give at least one/,
  ],
  [
    'a low-water mark above the target',
    withName(withSpec(key, { ...ecdsa, presignatures: { target: 2, lowWater: 3 } }), 'new'),
    /presignatures\.lowWater.*lowWater 3 exceeds presignatures\.target 2: lower it, or raise the target/,
  ],
  [
    'a protocol of another purpose',
    withName(withSpec(key, { ...ecdsa, protocol: 'frost' }), 'new'),
    /spec\.protocol.*protocol/,
  ],
  [
    'children of a key on p256',
    withName(withSpec(key, { ...ecdsa, curve: 'p256', derivations: [{ path: 'm/0' }] }), 'new'),
    /spec\.derivations.*p256/,
  ],
  [
    'digests with a key for messages',
    withName(withSpec(key, { allowPrehashed: true }), 'new'),
    /purpose eddsa signs messages, not digests of them: leave spec\.allowPrehashed out/,
  ],
  [
    'more signers of ecdsa than fit',
    withName(withSpec(key, { ...ecdsa, threshold: 8, parties: [1, 2, 3, 4, 5, 6, 7, 8] }), 'new'),
    /spec\.threshold.*threshold 8: keys for ecdsa take thresholds up to 7/,
  ],
  ...(
    [
      ['hardened', "m/44'/0", /path m\/44'\/0 is hardened/],
      ['without its root', '44/0', /path 44\/0 is none: it begins with m/],
      ['of too many levels', `m${'/0'.repeat(11)}`, /at most 10 indices/],
      ['with an index that is too high', 'm/0/2147483648', /index that is too high: they go from 0 to 2147483647/],
    ] as const
  ).flatMap(([what, path, message]): [string, Sample, RegExp][] => [
    [`a child at a path ${what}`, withName(withSpec(key, { ...ecdsa, derivations: [{ path }] }), 'new'), message],
    [`a child at a path ${what}`, withName(withSpec(request, { derivationPath: path }), 'new'), message],
  ]),
  [
    'a security level that does not exist',
    withName(withSpec(cluster, { securityLevel: 192 }), 'new'),
    /spec\.securityLevel: Unsupported value: 192/,
  ],
  ['a policy name that is too long', withName(policy, 'p'.repeat(64)), /at most 63 characters/],
];

const changed: readonly [string, Sample, RegExp][] = [
  [
    'another curve',
    withSpec(key, { curve: 'secp256k1', purpose: 'taproot' }),
    /curve cannot change: it is part of the key\. Create another KeyShareSet/,
  ],
  ['another purpose', withSpec(key, { purpose: 'taproot' }), /purpose cannot change/],
  ['another threshold', withSpec(key, { threshold: 3 }), /threshold cannot change: this version cannot reshare a key/],
  ['other parties', withSpec(key, { parties: [1, 2, 4] }), /parties cannot change/],
  [
    'another cluster',
    withSpec(key, { clusterRef: { name: 'other' } }),
    /clusterRef cannot change: the shares are with that cluster/,
  ],
  [
    'one party less',
    withSpec(cluster, {
      parties: [
        { id: 1, zone: 'a' },
        { id: 2, zone: 'b' },
      ],
    }),
    /a party cannot be removed: it may hold shares of keys\. Put it back/,
  ],
  [
    'a party in another zone',
    withSpec(cluster, { parties: [1, 2, 3].map(id => ({ id, zone: 'a' })) }),
    /the zone of a party cannot change.*or add a new party/,
  ],
  [
    'another security level',
    withSpec(cluster, { securityLevel: 112 }),
    /securityLevel cannot change: keys rely on it\. Restore spec\.securityLevel, or create another MpcCluster/,
  ],
  ['other volumes', withSpec(cluster, { storage: { store: '2Gi' } }), /storage cannot change after creation/],
  [
    'another message',
    withSpec(request, { message: 'aGVsbG8h' }),
    /a SignRequest cannot change: what is signed is what was asked for/,
  ],
];

describe('what is wrong is refused, with a reason that says what to do', () => {
  for (const [what, object, message] of wrong) {
    test(`${object.kind}: ${what}`, async () => {
      assert.match(await dryRun(object), message);
    });
  }
  for (const [what, object, message] of changed) {
    test(`${object.kind} that exists: ${what}`, async () => {
      assert.match(await dryRun(object), message);
    });
  }

  test('SignRequest that is finished: another answer', async () => {
    const finished = withName(request, 'finished');
    assert.equal(await send(['apply'], finished), '');
    const patch = (phase: string) =>
      kubectl(
        [
          '-n',
          namespace,
          'patch',
          'sr',
          'finished',
          '--subresource=status',
          '--type=merge',
          '-p',
          JSON.stringify({ status: { phase } }),
        ],
        { mayFail: true },
      );
    assert.equal((await patch('Failed')).code, 0);
    assert.match((await patch('Succeeded')).stderr, /the SignRequest is finished: its status is final/);
    // Parties select requests so: those that are finished are sent to nobody.
    const selected = await kubectl(['-n', namespace, 'get', 'sr', '--field-selector', UNFINISHED, '-o', 'name']);
    assert.deepEqual(selected.stdout.trim().split('\n'), ['signrequest.mpc.keyshare.dev/pay']);
  });

  test('SignRequest: a time to live below -1, while one day is the default and -1 is kept', async () => {
    assert.match(await dryRun(withName(withSpec(request, { ttlSecondsAfterFinished: -2 }), 'new')), /ttlSeconds/);
    assert.equal(await dryRun(withName(withSpec(request, { ttlSecondsAfterFinished: -1 }), 'new')), '');
    const { stdout } = await kubectl(['-n', namespace, 'get', 'sr', 'pay', '-o', 'jsonpath={.spec}']);
    assert.equal(JSON.parse(stdout).ttlSecondsAfterFinished, 86_400);
  });
});

describe('the verb `sign`', () => {
  const alice = ['--as=alice'];
  const ask = (name: string) =>
    dryRun({ ...withName(withSpec(request, { keyRef: { name } }), `by-alice-${name}`) }, ...alice);

  before(async () => {
    const rules = [
      { apiGroups: ['mpc.keyshare.dev'], resources: ['signrequests'], verbs: ['get', 'create', 'patch'] },
      { apiGroups: ['mpc.keyshare.dev'], resources: ['keysharesets'], verbs: ['sign'], resourceNames: ['key-a'] },
    ];
    const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'alice' } };
    const binding = {
      ...rbac,
      kind: 'RoleBinding',
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'alice' },
      subjects: [{ kind: 'User', name: 'alice', apiGroup: 'rbac.authorization.k8s.io' }],
    };
    assert.equal(await send(['apply'], { ...rbac, kind: 'Role', rules }), '');
    assert.equal(await send(['apply'], binding), '');
    await until('the admission policy is in force', 30, async () => ((await ask('key-b')) === '' ? undefined : true));
  });

  test('on key A lets its holder sign with A', async () => {
    assert.equal(
      await until('the role is in force', 10, async () => ((await ask('key-a')) === '' ? 'taken' : undefined)),
      'taken',
    );
  });

  test('on key A does not let its holder sign with B, and says what is missing', async () => {
    const refusal = await ask('key-b');
    assert.match(
      refusal,
      /alice may not sign with KeyShareSet key-b: ask for a Role in namespace .* with the verb sign on keysharesets/,
    );
  });
});
