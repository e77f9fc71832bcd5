import assert from 'node:assert/strict';
import { test } from 'node:test';
import { circles, type Import, importsOf } from './imports.ts';
import { isTest, sourceFiles } from './source-files.ts';

const files = sourceFiles('*.ts');
const isOurs = ({ to }: Import): boolean => files.includes(to);
const structure = importsOf(files.filter(file => !isTest(file))).filter(isOurs);

const PROTOCOL = 'party/src/protocol/';
/** What protocols are made of. Nothing here knows a network, a cluster, a clock or a log. */
const PACKAGES = /^(@noble\/(curves|hashes)|@scure\/base|bigint-crypto-utils|zod|node:(crypto|util))(\/|$)/;

const leavesProtocol = ({ from, to }: Import): boolean => from.startsWith(PROTOCOL) && !to.startsWith(PROTOCOL);
const isForeign = (edge: Import): boolean =>
  leavesProtocol(edge) && (isTest(edge.from) ? isOurs(edge) : !PACKAGES.test(edge.to));

const shown = (edges: readonly Import[]): string[] => edges.map(({ from, to }) => `${from} imports ${to}`);

test('no files and no folders import each other in a circle', () => {
  assert.deepEqual(circles(structure).map(shown), []);
  assert.ok(structure.length > 1_000, `${structure.length} imports were found`);
});

test('an import put in by hand that closes a circle is found', () => {
  for (const [from, to] of [
    ['party/src/protocol/session/party-id.ts', 'party/src/protocol/session/session.ts'],
    ['party/src/epochs/statements.ts', 'party/src/keys/keyring.ts'],
    ['operator/src/controllers/mpc-cluster/run.ts', 'operator/src/controllers/mpc-cluster/reconcile.ts'],
    ['runtime/src/clock.ts', 'crds/src/names.ts'],
  ] as const) {
    assert.ok(files.includes(from) && files.includes(to), `${from}, ${to}`);
    const [circle = []] = circles([...structure, { from, to }]);
    assert.ok(shown(circle).length > 1, `${from} imports ${to}`);
  }
});

test('a circle of folders is found although no two files import each other', () => {
  const edges = [
    { from: 'w/a/one.ts', to: 'w/b/one.ts' },
    { from: 'w/b/two.ts', to: 'w/c.ts' },
    { from: 'w/c.ts', to: 'w/a/two.ts' },
  ];
  assert.deepEqual(circles(edges).map(shown), [shown(edges)]);
  assert.deepEqual(circles(edges.slice(1)), []);
});

test('the protocols of a party import nothing else of it, and no package with a network, a clock or a log', () => {
  const imports = importsOf(sourceFiles(`${PROTOCOL}*.ts`));
  assert.deepEqual(shown(imports.filter(isForeign)), []);
  assert.ok(imports.length > 500, `${imports.length} imports were found`);
});

test('an import put in by hand that leaves the protocols is found', () => {
  const from = `${PROTOCOL}session/session.ts`;
  for (const to of [
    'party/src/metrics.ts',
    'runtime/src/clock.ts',
    'crds/src/control.ts',
    '@nats-io/transport-node',
    'node:fs',
    'node:timers/promises',
  ])
    assert.ok(isForeign({ from, to }), to);
  assert.ok(isForeign({ from: `${PROTOCOL}session/session.test.ts`, to: 'party/src/metrics.ts' }));
  assert.ok(!isForeign({ from: 'party/src/keys/keyring.ts', to: 'party/src/metrics.ts' }));
});
