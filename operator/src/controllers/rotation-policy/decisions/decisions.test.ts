import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeyShareSet, KeyShareSetStatus, MpcCluster, RotationPolicy } from '@mpc-operator/crds/generated/api';
import { findCondition } from '@mpc-operator/runtime/conditions';
import { keyShareSet, mpcCluster, rotationPolicy } from '../../../testing/objects.ts';
import type { AuxiliaryStatus } from '../../mpc-cluster/decisions/auxiliary-status.ts';
import { invalidStatus, policyStatus } from '../status.ts';
import { affectedClusters } from './affected-clusters.ts';
import { currentSlot } from './current-slot.ts';
import { keyProgress } from './key-progress.ts';
import { parseSchedule } from './schedule.ts';

const at = (time: string) => new Date(`2026-${time}Z`);

describe('the current slot', () => {
  const hourly = parseSchedule('@hourly', 'Etc/UTC');
  const created = { creationTimestamp: '2026-11-21T09:30:00Z' };
  const slot = (now: string, spec: Partial<RotationPolicy['spec']> = {}, status: RotationPolicy['status'] = {}) =>
    currentSlot(rotationPolicy(spec, created, status), hourly, at(now));
  const started = (time: string) => ({ lastScheduleTime: `2026-${time}Z` });

  test('is the last that has come since the policy exists', () => {
    assert.equal(slot('11-21T09:59:00'), undefined, 'slots from before its time are none of its business');
    assert.deepEqual(slot('11-21T10:00:00'), at('11-21T10:00:00'));
    assert.deepEqual(slot('11-21T13:20:00'), at('11-21T13:00:00'), 'of those missed, only the last');
    assert.deepEqual(slot('11-21T13:20:00', {}, started('11-21T10:00:00')), at('11-21T13:00:00'));
  });

  test('is the same again when the status was wiped', () => {
    const before = slot('11-21T13:20:00', {}, started('11-21T13:00:00'));
    assert.deepEqual(slot('11-21T13:20:00'), before);
  });

  test('never goes back: another schedule begins with its next slot', () => {
    const yearly = parseSchedule('@yearly', 'Etc/UTC');
    const old = rotationPolicy({}, { creationTimestamp: '2025-06-01T00:00:00Z' }, started('11-21T10:00:00'));
    assert.deepEqual(currentSlot(old, yearly, at('11-21T13:20:00')), at('11-21T10:00:00'));
  });

  test('stays the one that was started while the policy is suspended', () => {
    assert.deepEqual(slot('11-21T13:20:00', { suspend: true }, started('11-21T10:00:00')), at('11-21T10:00:00'));
    assert.equal(slot('11-21T13:20:00', { suspend: true }), undefined);
  });

  test('is skipped when it was missed by more than the policy allows', () => {
    const allowed = { startingDeadlineSeconds: 600 };
    assert.deepEqual(slot('11-21T13:10:00', allowed, started('11-21T10:00:00')), at('11-21T13:00:00'));
    assert.deepEqual(slot('11-21T13:10:01', allowed, started('11-21T10:00:00')), at('11-21T10:00:00'));
    assert.deepEqual(slot('11-21T13:20:00', allowed, started('11-21T13:00:00')), at('11-21T13:00:00'));
  });
});

const SLOT = '2026-11-21T13:00:00Z';
const now = at('11-21T13:20:00');
const withStatus = (status: KeyShareSetStatus, name = 'treasury'): KeyShareSet => ({
  ...keyShareSet({}, { name }),
  status,
});
const triggers = [{ source: 'policy/nightly', value: SLOT, epoch: 2 }];
const condition = (type: string, status: 'True' | 'False') => ({
  type,
  status,
  reason: 'PartiesMissing',
  message: 'party 3',
  lastTransitionTime: SLOT,
});
const done = withStatus({ triggers, conditions: [condition('OldSharesErased', 'True')] });

describe('a key', () => {
  const progress = (key: KeyShareSet) => keyProgress(key, undefined, 'policy/nightly', SLOT);
  const refresh = (phase: 'Preparing' | 'Failed') => ({
    trigger: `policy/nightly@${SLOT}`,
    phase,
    message: 'no answer',
  });

  test('is done with a slot when its old shares are erased, not before', () => {
    assert.deepEqual(progress(done), { kind: 'done' });
    assert.deepEqual(progress(withStatus({ triggers })), { kind: 'active' });
    assert.deepEqual(
      progress(withStatus({ triggers: [{ ...(triggers[0] ?? assert.fail()), value: 'older' }] })).kind,
      'active',
    );
  });

  test('is done with a slot that its parties have forgotten, but for a later one that stands for it', () => {
    const conditions = [condition('OldSharesErased', 'True')];
    const forgotten = (value: string) =>
      withStatus({ conditions, triggers: [{ source: 'policies', value, epoch: 3 }] });
    assert.equal(progress(forgotten('2026-11-21T14:00:00Z')).kind, 'done');
    assert.equal(progress(forgotten('2026-11-21T12:00:00Z')).kind, 'active');
  });

  test('stays done with a slot while it is refreshed for another reason', () => {
    const conditions = [condition('OldSharesErased', 'False')];
    const erased = (...below: number[]) =>
      progress(
        withStatus({ triggers, conditions, parties: below.map((erasedBelow, i) => ({ id: i + 1, erasedBelow })) }),
      );
    assert.deepEqual(erased(2, 2, 1).kind, 'done');
    assert.deepEqual(erased(2, 1, 1).kind, 'active');
  });

  test('has failed with it as long as the next attempt has not begun, or parties are missing', () => {
    assert.deepEqual(progress(withStatus({ refresh: refresh('Preparing') })).kind, 'active');
    assert.deepEqual(progress(withStatus({ refresh: refresh('Failed') })), {
      kind: 'failed',
      reason: 'RefreshFailed',
      message: 'no answer',
    });
    const blocked = { refresh: refresh('Preparing'), conditions: [condition('RefreshBlocked', 'True')] };
    assert.deepEqual(progress(withStatus(blocked)), {
      kind: 'failed',
      reason: 'PartiesMissing',
      message: 'party 3',
      time: SLOT,
    });
    const other = { ...refresh('Failed'), trigger: 'annotation@x' };
    assert.deepEqual(progress(withStatus({ refresh: other })).kind, 'active', 'the failure of another trigger');
  });
});

describe('an ecdsa key', () => {
  const trigger = `policy/nightly@${SLOT}`;
  const led = [{ source: 'policy/nightly', value: SLOT, generation: 3 }];
  const older = [{ source: 'policy/nightly', value: 'older', generation: 3 }];
  const withAuxiliary = (auxiliary: AuxiliaryStatus): MpcCluster => ({ ...mpcCluster(), status: { auxiliary } });
  const blocked = (of: string, reason = 'RotationBlocked'): MpcCluster => ({
    ...mpcCluster(),
    status: {
      auxiliary: { phase: 'Pending', trigger: of, message: 'party 3 is banned' },
      conditions: [
        { type: 'AuxiliaryReady', status: 'True', reason, message: 'party 3 is banned', lastTransitionTime: SLOT },
      ],
    },
  });
  const ecdsa = (key: KeyShareSet): KeyShareSet => ({ ...key, spec: { ...key.spec, purpose: 'ecdsa' } });
  const refreshed = ecdsa(done);
  const pending = ecdsa(withStatus({}));
  const failed = ecdsa(withStatus({ refresh: { trigger, phase: 'Failed', message: 'no answer' } }));

  const table: readonly [string, KeyShareSet, MpcCluster | undefined, string][] = [
    [
      'shares and auxiliary information are new',
      refreshed,
      withAuxiliary({ phase: 'Final', generation: 3, triggers: led }),
      'done',
    ],
    ['only the shares are', refreshed, withAuxiliary({ phase: 'Final', generation: 3, triggers: older }), 'active'],
    [
      'only auxiliary information is',
      pending,
      withAuxiliary({ phase: 'Final', generation: 3, triggers: led }),
      'active',
    ],
    [
      'the generation is certified',
      refreshed,
      withAuxiliary({ phase: 'Certified', generation: 3, triggers: led }),
      'active',
    ],
    [
      'the generation is not final',
      refreshed,
      withAuxiliary({ phase: 'Activated', generation: 3, triggers: led }),
      'active',
    ],
    [
      'a later one is on its way',
      refreshed,
      withAuxiliary({ phase: 'Activated', generation: 4, triggers: led }),
      'done',
    ],
    [
      'primes are made for the next',
      refreshed,
      withAuxiliary({ phase: 'Generating', generation: 3, triggers: led }),
      'done',
    ],
    [
      'auxiliary information has failed for the slot',
      refreshed,
      withAuxiliary({ phase: 'Failed', trigger, message: 'no primes' }),
      'failed AuxiliaryFailed no primes',
    ],
    [
      'it has failed for another reason',
      refreshed,
      withAuxiliary({ phase: 'Failed', trigger: 'annotation@x', triggers: led, generation: 3 }),
      'done',
    ],
    [
      'another trigger has failed before its own',
      refreshed,
      withAuxiliary({ phase: 'Failed', trigger: 'annotation@x' }),
      'active',
    ],
    [
      'the refresh has failed',
      failed,
      withAuxiliary({ phase: 'Final', triggers: led }),
      'failed RefreshFailed no answer',
    ],
    ['the rotation is blocked', refreshed, blocked(trigger), 'failed RotationBlocked party 3 is banned'],
    [
      'no generation serves, and none can be made',
      refreshed,
      blocked(trigger, 'PartyBanned'),
      'failed PartyBanned party 3 is banned',
    ],
    ['the rotation goes on', refreshed, blocked(trigger, 'Rotating'), 'active'],
    ['the rotation for another trigger is blocked before', refreshed, blocked('annotation@x'), 'active'],
    ['nothing is known of the cluster', refreshed, undefined, 'active'],
  ];
  for (const [when, key, cluster, expected] of table) {
    test(`is ${expected.split(' ')[0]} with a slot when ${when}`, () => {
      const found = keyProgress(key, cluster, 'policy/nightly', SLOT);
      assert.equal(found.kind === 'failed' ? `failed ${found.reason} ${found.message}` : found.kind, expected);
    });
  }
});

test('the clusters whose auxiliary information goes with a slot are those of its ecdsa keys, each once', () => {
  const key = (purpose: 'ecdsa' | 'taproot', cluster: string) =>
    keyShareSet({ curve: 'secp256k1', purpose, clusterRef: { name: cluster } });
  const clusters = ['c', 'b', 'a'].map(name => mpcCluster({}, { name }));
  const deleted = mpcCluster({}, { name: 'd', deletionTimestamp: SLOT });
  const due = [
    key('ecdsa', 'b'),
    key('ecdsa', 'b'),
    key('taproot', 'a'),
    key('ecdsa', 'c'),
    key('ecdsa', 'd'),
    key('ecdsa', 'e'),
  ];
  assert.deepEqual(
    affectedClusters(due, [...clusters, deleted]).map(({ metadata }) => metadata.name),
    ['b', 'c'],
  );
});

describe('the status of a policy', () => {
  const slots = (due: readonly KeyShareSet[]) => ({
    all: due,
    due,
    clusters: [],
    slot: new Date(SLOT),
    next: at('11-21T14:00:00'),
  });

  test('lists what is under way, and when the slot was completed', () => {
    const policy = rotationPolicy({ keys: { all: true } });
    const running = policyStatus(policy, slots([done, withStatus({}, 'other')]), now);
    assert.deepEqual(running.active, ['other']);
    assert.equal(running.lastScheduleTime, SLOT);
    assert.equal(running.nextScheduleTime, '2026-11-21T14:00:00Z');
    assert.equal(running.lastSuccessfulTime, undefined);
    const complete = policyStatus(policy, slots([done]), now);
    assert.equal(complete.lastSuccessfulTime, '2026-11-21T13:20:00Z');
    const later = policyStatus({ ...policy, status: complete }, slots([done]), at('11-21T13:50:00'));
    assert.equal(later.lastSuccessfulTime, '2026-11-21T13:20:00Z');
  });

  test('is not ready while the policy selects no key, and says how many there are to select from', () => {
    const reason = (spec: Partial<RotationPolicy['spec']>, due: readonly KeyShareSet[] = [done]) =>
      findCondition(policyStatus(rotationPolicy(spec), slots(due), now).conditions, 'Ready');
    const none: Partial<RotationPolicy['spec']> = { keys: { selector: { matchLabels: { tier: 'hot' } } } };
    assert.equal(reason(none)?.status, 'False');
    assert.match(reason(none)?.message ?? '', /selects none of the 1 KeyShareSets in namespace ns: apply or label/);
    assert.equal(reason({ ...none, suspend: true })?.reason, 'NoKeySelected', 'a suspended one neither');
    assert.equal(reason({ keys: { all: true } }, [])?.reason, 'NoKeySelected');
    assert.equal(reason({ keys: { all: true } })?.reason, 'Scheduled');
  });

  test('is not ready with the name of a key that does not exist, or a schedule that is none', () => {
    const named = policyStatus(rotationPolicy({ keys: { names: ['gone'] } }), slots([]), now);
    assert.match(findCondition(named.conditions, 'Ready')?.message ?? '', /gone.*apply them, or take the names out/);
    const before = rotationPolicy({}, {}, { lastScheduleTime: SLOT, nextScheduleTime: SLOT });
    const invalid = invalidStatus(before, { reason: 'InvalidSchedule', message: 'no schedule' }, now);
    assert.equal(findCondition(invalid.conditions, 'Stalled')?.status, 'True');
    assert.deepEqual([invalid.lastScheduleTime, invalid.nextScheduleTime], [SLOT, undefined]);
  });
});
