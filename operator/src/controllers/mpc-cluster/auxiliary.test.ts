import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AUXILIARY_ANNOTATION } from '@mpc-operator/crds/annotations';
import type { AttemptReport, AuxiliaryReport, Refusal } from '@mpc-operator/crds/control';
import { mpcClusters } from '@mpc-operator/crds/resources';
import { PodDisruptionBudget } from '@mpc-operator/runtime/resource';
import type { PartyViews } from '../../parties/view.ts';
import { auxiliaryReport, threeParties } from '../../testing/auxiliary.ts';
import { inNamespace, runningCluster } from '../../testing/cluster-world.ts';
import { mpcCluster } from '../../testing/objects.ts';

const seen = (...reports: Parameters<typeof auxiliaryReport>[]) =>
  threeParties(...reports.map(([generation, changes]) => auxiliaryReport(generation, changes)));

async function setUp(first: PartyViews, annotations: Record<string, string> = {}) {
  const world = await runningCluster(mpcCluster({}, { annotations }));
  const show = async (next: PartyViews) => {
    await world.parties.report(next);
    return await world.reconcile();
  };
  await show(first);
  const annotate = (more: Record<string, string>) => {
    const cluster = world.cluster() ?? assert.fail();
    const all = { ...cluster.metadata.annotations, ...more };
    world.api.put(mpcClusters, { ...cluster, metadata: { ...cluster.metadata, annotations: all } });
  };
  const numbers = () =>
    world.parties.commands.flatMap(({ command }) => (command.verb === 'auxiliary' ? command.number : []));
  const status = () => world.cluster()?.status?.auxiliary;
  const notes = (reason: string) => world.notes.filter(note => note.includes(` ${reason} `));
  return { ...world, show, annotate, numbers, status, noted: notes };
}

const refused = (reason: Refusal) => (party: number) =>
  party === 3 ? ({ result: 'refused', reason, message: 'not now' } as const) : ({ result: 'accepted' } as const);
const attempt = (phase: AttemptReport['phase'], primes: AuxiliaryReport['primes'] = 'Generating') => ({
  attempt: { number: 1, trigger: 'first@', phase, message: 'party 2 did not answer' },
  highest: 1,
  primes,
});

describe('the auxiliary information of an MpcCluster', () => {
  test('is made by all parties once they have their primes, and never keeps the cluster from being ready', async () => {
    const world = await setUp(seen([0, { primes: 'Generating' }], [0]));
    assert.deepEqual(world.numbers(), []);
    assert.equal(world.status()?.phase, 'Generating');
    assert.match(world.condition('AuxiliaryReady'), /^False GeneratingPrimes/);
    assert.match(world.condition('Ready'), /^True/);
    assert.match(world.condition('Progressing'), /^True GeneratingPrimes auxiliary information: 2\/3/);
    await world.show(seen([0]));
    assert.match(world.condition('Progressing'), /^True Generating attempt 1 at auxiliary information/);
    assert.deepEqual(world.parties.commands.map(({ party }) => party).sort(), [1, 2, 3]);
    const [order] = world.parties.commands.map(({ command }) => command);
    assert.ok(order?.verb === 'auxiliary');
    const { run, ...rest } = order;
    assert.match(run, /^[0-9a-f]{32}$/);
    assert.deepEqual(rest, { verb: 'auxiliary', level: 128, parties: [1, 2, 3], number: 1, trigger: 'first@' });
    assert.equal(world.noted('AuxiliaryStarted').length, 1);
    await world.show(seen([0, attempt('Preparing')]));
    await world.show(seen([1]));
    assert.equal(world.parties.commands.length, 3, 'commanded once');
    assert.match(world.condition('AuxiliaryReady'), /^True Final/);
    assert.match(world.condition('Progressing'), /^False Settled/);
    assert.deepEqual([world.status()?.generation, world.status()?.time], [1, '2026-11-01T00:00:00Z']);
    assert.equal(world.noted('AuxiliaryCompleted').length, 1);
    const written = world.api.writes.length;
    for (let i = 0; i < 3; i++) assert.deepEqual(await world.reconcile(), {});
    assert.equal(world.api.writes.length, written, 'at rest nothing is written');
  });

  test('is rotated once for each value of the annotation', async () => {
    const world = await setUp(seen([1]), { [AUXILIARY_ANNOTATION]: 'today' });
    assert.deepEqual(world.numbers(), [2, 2, 2]);
    await world.show(seen([2, { triggers: [{ source: 'annotation', value: 'today', epoch: 2 }] }]));
    await world.clock.advance(10_000);
    await world.show(seen([2, { triggers: [{ source: 'annotation', value: 'today', epoch: 2 }] }]));
    assert.deepEqual(world.numbers(), [2, 2, 2]);
  });

  test('is asked for again after a short pause that does not grow, of parties that only need time', async () => {
    const world = await setUp(seen([0, { primes: 'Generating' }]));
    world.parties.answer = refused('NoPrimes');
    for (let i = 0; i < 8; i++) {
      await world.show(seen([0]));
      assert.equal((await world.reconcile()).requeueAfter, 5_000);
      await world.clock.advance(5_000);
    }
    assert.deepEqual([world.numbers().at(-1), world.numbers().length], [8, 24]);
    assert.equal(world.status()?.phase, 'Pending');
    assert.deepEqual(world.noted('AuxiliaryFailed'), []);
  });

  test('that a party puts off after a failure has not failed again', async () => {
    const world = await setUp(seen([0]));
    await world.show(seen([0, attempt('Preparing')]));
    await world.show(seen([0, attempt('Failed')]));
    await world.clock.advance(5_000);
    world.parties.answer = refused('Busy');
    for (let i = 0; i < 3; i++) {
      await world.show(seen([0, attempt('Failed', 'Ready')]));
      await world.reconcile();
      assert.equal(world.status()?.phase, 'Pending');
      await world.clock.advance(5_000);
    }
    assert.equal(world.noted('AuxiliaryFailed').length, 1);
  });

  test('is asked for again after longer and longer when it fails, with higher numbers', async () => {
    const world = await setUp(seen([0, { primes: 'Generating' }]));
    world.parties.answer = refused('Malformed');
    const pauses: (number | undefined)[] = [];
    for (let i = 0; i < 3; i++) {
      await world.show(seen([0]));
      const { requeueAfter } = await world.reconcile();
      pauses.push(requeueAfter);
      await world.clock.advance(requeueAfter ?? 0);
    }
    assert.deepEqual(pauses, [5_000, 10_000, 20_000]);
    assert.deepEqual(world.numbers(), [1, 1, 1, 2, 2, 2, 3, 3, 3]);
  });

  test('that failed among the parties is told of once, with the reason', async () => {
    const world = await setUp(seen([0]));
    await world.show(seen([0, attempt('Preparing')]));
    for (let i = 0; i < 3; i++) await world.show(seen([0, attempt('Failed')]));
    assert.equal(world.status()?.phase, 'Failed');
    assert.match(
      world.condition('AuxiliaryReady'),
      /^False GeneratingPrimes .*last attempt 1 failed: party 2 did not answer; 0\/3 parties have made/,
    );
    await world.show(seen([0, attempt('Failed', 'Ready')]));
    assert.match(
      world.condition('AuxiliaryReady'),
      /^False BackingOff .*last attempt 1 failed: party 2 did not answer$/,
    );
    const [note, ...more] = world.noted('AuxiliaryFailed');
    assert.match(note ?? '', /^demo: Warning AuxiliaryFailed .*: last attempt 1 failed: party 2 did not answer; 0\/3/);
    assert.deepEqual(more, [], 'once for each attempt');
  });

  test('that is acknowledged by some only is given up, and the next attempt follows', async () => {
    const world = await setUp(seen([0]));
    const stuck = seen([0, attempt('Acknowledged', 'Ready')], [0, attempt('Failed', 'Ready')]);
    await world.show(stuck);
    await world.clock.advance(10_000);
    assert.equal((await world.show(stuck)).requeueAfter, 10_000);
    assert.deepEqual(world.numbers().slice(3), [2, 2, 2]);
  });

  for (const [what, change] of [
    ['paused', { annotations: { 'mpc.keyshare.dev/paused': 'true' } }],
    ['being deleted', { deletionTimestamp: '2026-11-21T12:00:00Z' }],
  ] as const) {
    test(`is not begun while the cluster is ${what}, but shown`, async () => {
      const world = await setUp(seen([0, { primes: 'Generating' }]));
      const cluster = world.cluster() ?? assert.fail();
      world.api.put(mpcClusters, { ...cluster, metadata: { ...cluster.metadata, ...change } });
      await world.show(seen([0]));
      assert.deepEqual(world.numbers(), []);
      assert.equal(world.status()?.primesReady, '3/3');
    });
  }

  test('is not begun in the pass in which a party is restarted', async () => {
    const world = await setUp(seen([0, { primes: 'Generating' }]));
    world.startPods('r0', [1]);
    await world.show(seen([0]));
    assert.ok(world.api.writes.includes('POST pods demo-party-1-0 eviction'));
    assert.deepEqual(world.numbers(), []);
    assert.match(world.condition('AuxiliaryReady'), /^False RollingOut .*party 1 is to be restarted first/);
  });

  test('holds all parties back while a generation is on its way', async () => {
    const world = await setUp(seen([1]));
    const budget = () => world.api.get(PodDisruptionBudget, inNamespace('demo-party'))?.spec?.maxUnavailable;
    assert.equal(budget(), 1);
    await world.show(seen([1], [2, { final: 1 }]));
    assert.equal(budget(), 0);
    await world.show(seen([2]));
    assert.equal(budget(), 1);
  });
});
