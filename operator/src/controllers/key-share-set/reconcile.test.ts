import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Command } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { keyShareSets, mpcClusters, rotationPolicies } from '@mpc-operator/crds/resources';
import { findCondition } from '@mpc-operator/runtime/conditions';
import type { PartyViews } from '../../parties/view.ts';
import { auxiliaryReport, threeParties } from '../../testing/auxiliary.ts';
import { keyShareSet, mpcCluster, rotationPolicy } from '../../testing/objects.ts';
import { KEY_ID, keygenReport, keyReport, views } from '../../testing/reports.ts';
import { createWorld } from '../../testing/world.ts';
import { AttemptLog } from '../attempt-log.ts';
import { keyShareSetReconciler } from './reconcile.ts';

const key = { namespace: 'ns', name: 'treasury' };

async function setUp(object: KeyShareSet | undefined, seen: PartyViews) {
  const world = createWorld(new Date('2026-11-21T12:00:00Z'));
  const { api, connections, parties, clock, context } = world;
  const reconciler = keyShareSetReconciler({ ...world, attempts: new AttemptLog() });
  api.put(mpcClusters, mpcCluster());
  if (object !== undefined) api.put(keyShareSets, object);
  const credentials = { certificate: '', privateKey: '', authority: '' };
  const connection = await connections.ensure({ namespace: 'ns', name: 'demo' }, 'tls://nats', credentials);
  await parties.report(seen);
  return {
    ...world,
    reconcile: () => reconciler(key, context),
    object: () => api.get(keyShareSets, key),
    condition(type: string): string {
      const { status, reason, message } = findCondition(api.get(keyShareSets, key)?.status?.conditions, type) ?? {};
      return `${status} ${reason} ${message}`;
    },
    verbs: () => parties.commands.map(({ party, command }) => `${party} ${command.verb}`),
    commands: parties.commands,
    async wait(ms: number, then: PartyViews): Promise<void> {
      await clock.advance(ms);
      await parties.report(then);
    },
    connection,
  };
}

const runOf = (command: Command | undefined): string => (command && 'run' in command ? command.run : assert.fail());

describe('a KeyShareSet', () => {
  test('is not refreshed for a policy that is gone, which asks for nothing more', async () => {
    const slot = '2026-11-21T00:00:00Z';
    const annotations = (names: readonly string[]) =>
      Object.fromEntries(names.map(name => [`rotation.mpc.keyshare.dev/${name}`, slot]));
    const gone = Array.from({ length: 40 }, (_, i) => `gone-${i}`);
    const asked = keyShareSet({}, { annotations: { ...annotations([...gone, 'nightly']), mine: 'x' } });
    const world = await setUp(asked, views([keyReport(1)]));
    world.api.put(rotationPolicies, rotationPolicy({}, { name: 'nightly' }));
    await world.reconcile();
    assert.deepEqual(world.object()?.metadata.annotations, { ...annotations(['nightly']), mine: 'x' });
    await world.reconcile();
    const triggers = world.commands.map(({ command }) => ('trigger' in command ? command.trigger : undefined));
    assert.deepEqual([...new Set(triggers)], [`policy/nightly@${slot}`]);
  });

  test('has its key made once, by all parties, and then shows it', async () => {
    const world = await setUp(keyShareSet({ parties: [3, 1, 2] }), views());
    await world.reconcile();
    assert.deepEqual(world.verbs().sort(), ['1 keygen', '2 keygen', '3 keygen']);
    const runs = new Set(world.commands.map(({ command }) => runOf(command)));
    assert.equal(runs.size, 1, 'the same session for all');
    assert.deepEqual(world.commands[0]?.command, {
      verb: 'keygen',
      run: [...runs][0],
      number: 1,
      triggers: [],
      spec: { name: 'treasury', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2, 3] },
    });
    await world.reconcile();
    await world.parties.report(views([keygenReport(1, 'Preparing')]));
    await world.reconcile();
    assert.equal(world.commands.length, 3, 'commanded once');
    await world.parties.report(views([keyReport(1)]));
    await world.reconcile();
    const status = world.object()?.status;
    assert.deepEqual([status?.keyId, status?.epoch, status?.addresses?.[0]?.address], [KEY_ID, 1, 'So1ana']);
    assert.equal(status?.certificate?.acks.length, 3);
    assert.match(world.condition('Ready'), /^True/);
    assert.equal(world.commands.length, 3);
  });

  test('of ECDSA is made once its parties have auxiliary information, and not before', async () => {
    const world = await setUp(keyShareSet({ curve: 'secp256k1', purpose: 'ecdsa' }), threeParties(auxiliaryReport(0)));
    assert.equal((await world.reconcile()).requeueAfter, 5_000);
    assert.deepEqual(world.commands, []);
    assert.match(world.condition('Ready'), /^False WaitingForAuxiliary .*3\/3 of them have safe primes/);
    await world.parties.report(threeParties(auxiliaryReport(1)));
    await world.reconcile();
    assert.deepEqual(world.verbs(), ['1 keygen', '2 keygen', '3 keygen']);
  });

  test('that was deleted and applied again, or whose status was wiped, finds its key', async () => {
    const world = await setUp(keyShareSet({}, { uid: 'another' }), views([keyReport(4)]));
    await world.reconcile();
    assert.deepEqual(world.commands, []);
    assert.deepEqual([world.object()?.status?.keyId, world.object()?.status?.epoch], [KEY_ID, 4]);
  });

  test('tries again with a higher number after a pause when parties refuse', async () => {
    const world = await setUp(keyShareSet(), views());
    world.parties.answer = party =>
      party === 3 ? { result: 'refused', reason: 'NotReady', message: 'HSM away' } : { result: 'accepted' };
    await world.reconcile();
    const numbers = () => world.commands.flatMap(({ command }) => (command.verb === 'keygen' ? command.number : []));
    assert.deepEqual(numbers(), [1, 1, 1]);
    const result = await world.reconcile();
    assert.match(world.condition('Progressing'), /^True BackingOff party 3: NotReady \(HSM away\)/);
    assert.equal(result.requeueAfter, 5_000);
    await world.wait(5_000, views());
    await world.reconcile();
    assert.deepEqual(numbers().slice(3), [2, 2, 2]);
    await world.wait(5_000, views());
    assert.equal((await world.reconcile()).requeueAfter, 5_000, 'the second pause is twice as long');
  });

  test('asks the party that started last first, and no other if that refuses', async () => {
    const world = await setUp(keyShareSet(), views([], [1, 3]));
    await world.wait(1_000, views());
    world.parties.answer = () => ({ result: 'refused', reason: 'NotReady', message: 'peers unknown' });
    await world.reconcile();
    assert.deepEqual(world.verbs(), ['2 keygen']);
  });

  test('is refreshed once for each value of the annotation', async () => {
    const asked = keyShareSet({}, { annotations: { 'mpc.keyshare.dev/refresh': 'today' } });
    const world = await setUp(asked, views([keyReport(1)]));
    await world.reconcile();
    assert.deepEqual(world.commands[0]?.command, {
      verb: 'refresh',
      run: runOf(world.commands[0]?.command),
      keyId: KEY_ID,
      number: 2,
      trigger: 'annotation@today',
    });
    assert.equal(world.object()?.status?.refresh?.phase, 'Pending');
    const triggers = [{ source: 'annotation', value: 'today', epoch: 2 }];
    await world.parties.report(views([keyReport(2, { triggers })]));
    await world.reconcile();
    assert.equal(world.commands.length, 3);
    assert.match(world.condition('OldSharesErased'), /^True/);
    assert.ok(world.notes.includes('treasury: Normal RefreshCompleted epoch 2 is final, old shares are erased'));
  });

  test('that is paused, or whose cluster is, commands nothing', async () => {
    const paused = keyShareSet({}, { annotations: { 'mpc.keyshare.dev/paused': 'true' } });
    const world = await setUp(paused, views());
    await world.reconcile();
    assert.deepEqual(world.commands, []);
    assert.match(world.condition('Progressing'), /^True Paused/);
    assert.equal(world.object()?.metadata.finalizers, undefined);
  });

  test('with another threshold than its key goes on as the key is held, and shows the difference', async () => {
    const edited = keyShareSet({ threshold: 3, parties: [1, 2] }, { annotations: { 'mpc.keyshare.dev/refresh': 'x' } });
    const world = await setUp(edited, views([keyReport(1)]));
    await world.reconcile();
    assert.match(world.condition('Ready'), /^True QuorumReady 3 of 3 parties are ready, 2 are needed/);
    assert.match(world.condition('SpecApplied'), /^False KeyDiffers spec.threshold is 3, .* spec.parties is 1, 2,/);
    assert.match(world.condition('Stalled'), /^False/);
    assert.equal(world.object()?.status?.keyId, KEY_ID);
    assert.deepEqual(world.verbs(), ['1 refresh', '2 refresh', '3 refresh']);
    assert.deepEqual(world.object()?.spec, edited.spec, 'the spec is the owner’s');
    world.api.put(keyShareSets, keyShareSet());
    await world.reconcile();
    assert.match(world.condition('SpecApplied'), /^True AsHeld/);
  });

  test('that asks for another curve than its key has is about another key, and stalls', async () => {
    const world = await setUp(keyShareSet({ curve: 'secp256k1', purpose: 'taproot' }), views([keyReport(1)]));
    await world.reconcile();
    assert.match(world.condition('Ready'), /^False KeyConflict spec.curve is secp256k1/);
    assert.deepEqual(world.commands, []);
  });

  test('without its cluster stalls and says what to do', async () => {
    const world = await setUp(keyShareSet({ clusterRef: { name: 'other' } }), views());
    await world.reconcile();
    assert.match(world.condition('Stalled'), /^True ClusterNotFound .*apply it/);
  });

  test('is not replaced when its parties lost it', async () => {
    const world = await setUp({ ...keyShareSet(), status: { keyId: KEY_ID, publicKey: 'ab' } }, views());
    await world.reconcile();
    assert.deepEqual(world.commands, []);
    assert.match(world.condition('Stalled'), /^True KeyLost/);
    assert.equal(world.object()?.status?.publicKey, 'ab');
  });

  test('keeps what a leader before saw until all parties had the time to report', async () => {
    const before = {
      conditions: [{ type: 'Ready', status: 'True', reason: 'QuorumReady', message: '', lastTransitionTime: '' }],
    } as const;
    const world = await setUp({ ...keyShareSet(), status: before }, views([], [1]));
    await world.reconcile();
    assert.match(world.condition('Ready'), /^True/);
    await world.wait(15_000, views([], [1]));
    await world.reconcile();
    assert.match(world.condition('Ready'), /^False WaitingForParties/);
  });
});

describe('the deletion of a KeyShareSet', () => {
  const deleted = (deletionPolicy: 'Retain' | 'Destroy') =>
    keyShareSet(
      { deletionPolicy },
      { deletionTimestamp: '2026-11-21T12:00:00Z', finalizers: ['mpc.keyshare.dev/keyshareset'] },
    );

  test('leaves the shares with Retain', async () => {
    const world = await setUp(deleted('Retain'), views([keyReport(1)]));
    await world.reconcile();
    assert.equal(world.object(), undefined);
    assert.deepEqual(world.commands, []);
  });

  test('destroys nothing while its cluster is paused', async () => {
    const world = await setUp(deleted('Destroy'), views([keyReport(1)]));
    const paused = { annotations: { 'mpc.keyshare.dev/paused': 'true' } };
    world.api.put(mpcClusters, mpcCluster({}, paused));
    await world.reconcile();
    assert.deepEqual(world.commands, []);
    assert.ok(world.object());
  });

  test('with Destroy goes on until every party says that its share is gone', async () => {
    const world = await setUp(deleted('Destroy'), views([keyReport(1)]));
    await world.reconcile();
    assert.deepEqual(world.verbs(), ['1 destroy', '2 destroy', '3 destroy']);
    assert.match(world.condition('Progressing'), /^True Destroying/);
    await world.parties.report(views([], [1, 2]));
    await world.wait(15_000, views([], [1, 2]));
    await world.reconcile();
    assert.match(world.condition('Progressing'), /parties 3 are away/);
    await world.parties.report(views());
    await world.reconcile();
    assert.equal(world.object(), undefined);
  });
});
