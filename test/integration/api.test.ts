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
const PLACEMENT = join(import.meta.dirname, '../../docs/placement.md');
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

  test('the example of docs/placement.md', async () => {
    const [, text = ''] = /```yaml\n(.*?)```/s.exec(readFileSync(PLACEMENT, 'utf8')) ?? [];
    const [object]: Sample[] = parseAllDocuments(text).map(document => document.toJS());
    assert.ok(object !== undefined);
    assert.equal(await dryRun({ ...object, metadata: { ...object.metadata, namespace } }), '');
  });

  test('a child at the last index there is', async () => {
    const derivations = [{ path: 'm/2147483647/0/999999999/1000000000/2147483639' }, { path: 'm' }];
    assert.equal(await dryRun(withName(withSpec(key, { ...ecdsa, derivations }), 'new')), '');
  });

  test('quantities as whole numbers and as strings, wherever one stands', async () => {
    for (const [cpu, memory] of [
      [1, 1_073_741_824],
      ['0.5', '1Gi'],
      ['1e3', '.5Gi'],
    ]) {
      const amounts = { requests: { cpu, memory }, limits: { cpu, memory } };
      const resources = { party: amounts, hsm: amounts, nats: amounts };
      const storage = { store: memory, token: memory };
      assert.equal(await dryRun(withName(withSpec(cluster, { resources, storage }), 'new')), '');
    }
  });

  for (const length of [0, 1, 2, 32, 65_534, 65_535, 65_536])
    test(`a message of ${length} bytes`, async () => {
      const message = Buffer.alloc(length, 255).toString('base64');
      assert.equal(await dryRun(withName(withSpec(request, { message }), 'new')), '');
    });

  test('a prehashed message of 32 bytes', async () => {
    const message = Buffer.alloc(32).toString('base64');
    assert.equal(await dryRun(withName(withSpec(request, { message, digest: 'prehashed' }), 'new')), '');
  });

  test('a policy for all keys, and one for labels with and without a prefix', async () => {
    const matchExpressions = [{ key: 'app.kubernetes.io/name', operator: 'In', values: ['a_b.c-d', ''] }];
    for (const keys of [
      { all: true },
      { all: false, names: ['treasury'] },
      { selector: { matchLabels: { tier: 'hot' }, matchExpressions } },
    ])
      assert.equal(await dryRun(withName(withSpec(policy, { keys }), 'new')), '');
  });

  for (const schedule of ['30 2 * * mon-FRI', ' */5  0-6/2 1,15 jan,6 7 ', '@midnight', '@Weekly'])
    for (const timeZone of ['Etc/GMT+2', 'America/Argentina/Buenos_Aires', 'UTC'])
      test(`the schedule ${schedule} in ${timeZone}`, async () => {
        assert.equal(await dryRun(withName(withSpec(policy, { schedule, timeZone }), 'new')), '');
      });

  test('a party is added, a deletion policy changed', async () => {
    const parties = [1, 2, 3, 4].map(id => ({ id, zone: ['a', 'b', 'c', 'a'][id - 1] }));
    assert.equal(await dryRun(withSpec(cluster, { parties })), '');
    assert.equal(await dryRun(withSpec(key, { deletionPolicy: 'Destroy', parties: [3, 2, 1] })), '');
  });
});

const placedWrongly = (pods: 'party' | 'nats', placement: Json, message: RegExp): [string, Sample, RegExp] => [
  `a placement of ${pods} with ${JSON.stringify(placement)}`,
  withName(withSpec(cluster, { placement: { [pods]: placement } }), 'new'),
  message,
];

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
  ...(['party', 'nats'] as const).flatMap(pods => [
    placedWrongly(pods, { nodeSelector: { 'topology.kubernetes.io/zone': 'a' } }, /nodeSelector must not name/),
    placedWrongly(pods, { tolerations: [{ effect: 'NoSchedule' }] }, /without a key tolerates every taint/),
    placedWrongly(pods, { tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }, /Exists has no value/),
    placedWrongly(pods, { tolerations: [{ key: 'a', tolerationSeconds: 5 }] }, /needs effect: NoExecute/),
    placedWrongly(
      pods,
      {
        topologySpreadConstraints: [{ topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'DoNotSchedule' }],
      },
      /topologyKey must not be/,
    ),
  ]),
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
  ...(
    [
      ['a fraction without quotes', 0.5, /resources\.party\.limits\.cpu.*must be of type integer,string/],
      ['a negative number', -1, /resources\.party\.limits\.cpu.*greater than or equal to 0/],
      ['a unit that does not exist', '1 core', /resources\.party\.limits\.cpu.*should match/],
    ] as const
  ).map(([what, cpu, message]): [string, Sample, RegExp] => [
    `a quantity with ${what}`,
    withName(withSpec(cluster, { resources: { party: { limits: { cpu } } } }), 'new'),
    message,
  ]),
  ...[65_537, 65_538, 65_539, 100_000].map((length): [string, Sample, RegExp] => [
    `a message of ${length} bytes`,
    withName(withSpec(request, { message: Buffer.alloc(length).toString('base64') }), 'new'),
    new RegExp(
      `spec\\.message.*a message has at most 65536 bytes once decoded, this one has ${length}: sign a shorter`,
    ),
  ]),
  ...['hello!!', 'aGVsbG8', 'aGVsbG9=', 'aGVsbB==', '=', '===='].map((message): [string, Sample, RegExp] => [
    `a message that is no base64: ${message}`,
    withName(withSpec(request, { message }), 'new'),
    /spec\.message.*should match/,
  ]),
  ...[0, 31, 33].map((length): [string, Sample, RegExp] => [
    `a prehashed message of ${length} bytes`,
    withName(withSpec(request, { digest: 'prehashed', message: Buffer.alloc(length).toString('base64') }), 'new'),
    new RegExp(`spec\\.message.*is a digest of 32 bytes; spec\\.message has ${length} once decoded: give the digest`),
  ]),
  ['no message', withName({ ...request, spec: { keyRef: { name: 'treasury' } } }, 'new'), /spec\.message: Required/],
  [
    'a deadline of nothing',
    withName(withSpec(request, { deadlineSeconds: 0 }), 'new'),
    /deadlineSeconds.*greater than or equal to 1/,
  ],
  [
    'keys by both names and selector',
    withName(withSpec(policy, { keys: { names: ['a'], selector: { matchLabels: { tier: 'hot' } } } }), 'new'),
    /exactly one of keys\.names, keys\.selector and keys\.all: true must be given/,
  ],
  ['keys by no way', withName(withSpec(policy, { keys: {} }), 'new'), /exactly one of keys\.names/],
  ['keys that are not all', withName(withSpec(policy, { keys: { all: false } }), 'new'), /exactly one of keys\.names/],
  [
    'keys by name, and all',
    withName(withSpec(policy, { keys: { names: ['a'], all: true } }), 'new'),
    /exactly one of keys\.names/,
  ],
  ...[{}, { matchLabels: {} }, { matchExpressions: [] }].map((selector): [string, Sample, RegExp] => [
    `the selector ${JSON.stringify(selector)}`,
    withName(withSpec(policy, { keys: { selector } }), 'new'),
    /spec\.keys\.selector.*an empty selector is refused: give matchLabels or matchExpressions.* keys\.all to true/,
  ]),
  ...['a b', '-a', 'a/b/c', 'A.b/c', 'x'.repeat(64), `${'x.'.repeat(127)}x/a`].flatMap(
    (label): [string, Sample, RegExp][] => [
      [
        `the label ${label}`,
        withName(withSpec(policy, { keys: { selector: { matchLabels: { [label]: 'x' } } } }), 'new'),
        /spec\.keys\.selector\.matchLabels.*no object can have one of these labels: give a name of at most 63 letters/,
      ],
      [
        `the label ${label}`,
        withName(
          withSpec(policy, { keys: { selector: { matchExpressions: [{ key: label, operator: 'DoesNotExist' }] } } }),
          'new',
        ),
        /matchExpressions\[0\]\.key.*no object can have the label .*: give a name of at most 63 letters/,
      ],
    ],
  ),
  ...['a b', '-a', 'a/b'].flatMap((value): [string, Sample, RegExp][] => [
    [
      `the value ${value} of a label`,
      withName(withSpec(policy, { keys: { selector: { matchLabels: { tier: value } } } }), 'new'),
      /spec\.keys\.selector\.matchLabels\[tier\].*no label can have the value .*: give at most 63 letters/,
    ],
    [
      `the value ${value} of a label`,
      withName(
        withSpec(policy, {
          keys: { selector: { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: [value] }] } },
        }),
        'new',
      ),
      /matchExpressions\[0\]\.values\[0\].*no label can have the value .*: give at most 63 letters/,
    ],
  ]),
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
  ...[
    '2026-12-24T03:00:00',
    '2026-12-24T03:00:00Z',
    '0 0 3 * * *',
    '3 * * *',
    '60 * * * *',
    '0 24 * * *',
    '0 3 0 * *',
    '0 3 * 13 *',
    '0 3 * * 8',
    '5/10 * * * *',
    '0 3 L * *',
    '0 3 15W * *',
    '0 3 * * 5#2',
    '0 3 ? * *',
    '0 3 1 * +5',
    '@reboot',
    'every day',
  ].map((schedule): [string, Sample, RegExp] => [
    `the schedule ${schedule}`,
    withName(withSpec(policy, { schedule }), 'new'),
    /spec\.schedule.*is none: give minute, hour, .* or one of @hourly, .* none of L, W, #, \? and \+/,
  ]),
  ...['+02:00', '-0200', '2', 'Europe/', 'Europe Zurich'].map((timeZone): [string, Sample, RegExp] => [
    `the time zone ${timeZone}`,
    withName(withSpec(policy, { timeZone }), 'new'),
    /spec\.timeZone.*is no name of a time zone: give a name of the IANA database, such as .*, and no offset/,
  ]),
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

  test('RotationPolicy: a selector that is spelled wrong, though the client asks only to be warned', async () => {
    const wrong = withName(withSpec(policy, { keys: { selector: { matchLabel: { tier: 'hot' } } } }), 'new');
    assert.match(await dryRun(wrong, '--validate=warn'), /an empty selector is refused/);
  });

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
