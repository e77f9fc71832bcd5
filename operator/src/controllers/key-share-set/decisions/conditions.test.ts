import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { findCondition } from '@mpc-operator/runtime/conditions';
import type { PartyViews } from '../../../parties/view.ts';
import { keyShareSet, mpcCluster } from '../../../testing/objects.ts';
import { KEY_ID, keygenReport, keyReport, view, views, withView } from '../../../testing/reports.ts';
import { type Attempts, NO_ATTEMPTS } from '../../attempts.ts';
import { faultConditions, keyConditions } from './conditions.ts';
import { faultOf, holdingFault } from './fault.ts';
import { type Holding, holdingOf } from './holding.ts';
import { nextStep } from './next-step.ts';
import { refreshStatus } from './refresh-status.ts';

const NOW = 1_000_000;
const held = (seen: PartyViews, key = keyShareSet(), cluster = mpcCluster()): Holding => holdingOf(key, cluster, seen);
const step = (seen: PartyViews, key = keyShareSet(), attempts: Attempts = NO_ATTEMPTS) =>
  nextStep(key, held(seen, key), attempts, NOW);
const asked = (annotations: Record<string, string>) => keyShareSet({}, { annotations });
const REFRESH = 'mpc.keyshare.dev/refresh';
const attemptAt = (phase: NonNullable<KeyReport['attempt']>['phase'], number = 2, more = {}) =>
  ({ attempt: { number, trigger: 'annotation@x', phase, ...more }, highest: number }) as const;

describe('a fault', () => {
  test('is a party that the cluster does not have; the message says what to do', () => {
    const fault = faultOf(keyShareSet({ parties: [1, 2, 9] }), mpcCluster());
    assert.equal(fault?.reason, 'Invalid');
    assert.match(fault.message, /spec.parties names 9, but MpcCluster demo has only the parties 1, 2, 3: add/);
    assert.equal(faultOf(keyShareSet(), mpcCluster()), undefined);
  });

  test('is a key that was there and that no party holds any more: it is not replaced', () => {
    const known = { ...keyShareSet(), status: { keyId: KEY_ID } };
    assert.equal(holdingFault(known, held(views()))?.reason, 'KeyLost');
    assert.equal(holdingFault(known, held(views([], [1, 2]))), undefined, 'one that is silent may hold it');
    assert.equal(holdingFault(keyShareSet(), held(views())), undefined);
  });

  test('stalls, for kstatus and for people', () => {
    const conditions = faultConditions({ reason: 'Invalid', message: 'm' });
    assert.deepEqual(
      conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`),
      ['Ready False Invalid', 'Progressing False Invalid', 'Stalled True Invalid'],
    );
  });
});

describe('the conditions of a key', () => {
  const condition = (type: string, seen: PartyViews, key = keyShareSet(), attempts = NO_ATTEMPTS) => {
    const all = keyConditions(key, held(seen, key), step(seen, key, attempts));
    const found = findCondition(
      all.map(observation => ({ ...observation, lastTransitionTime: '' })),
      type,
    );
    return `${found?.status} ${found?.reason} ${found?.message}`;
  };

  test('ready means: the threshold of its parties is ready', () => {
    assert.match(condition('Ready', views([keyReport(1)])), /^True QuorumReady 3 of 3 parties are ready, 2 are needed/);
    assert.match(condition('Ready', views([keyReport(1)], [1, 2])), /^True QuorumReady 2 of 3/);
    const away = withView(views([keyReport(1)], [1, 2]), view(2, [keyReport(1)], { ready: false }));
    assert.match(condition('Ready', away), /^False TooFewParties 1 of 3/);
    assert.match(condition('Ready', views()), /^False Keygen/);
    assert.match(condition('Ready', views([], [1])), /^False WaitingForParties/);
  });

  test('an ecdsa key is not ready without the threshold of parties that sign together', () => {
    const ecdsa = keyShareSet({ curve: 'p256', purpose: 'ecdsa' });
    const own = keyReport(1, { spec: { ...keyReport(1).spec, curve: 'p256', purpose: 'ecdsa' } });
    const ban = view(1, [own], { banned: [{ party: 3, reason: 'a wrong proof' }] });
    assert.match(
      condition('Ready', withView(views([own]), ban), ecdsa),
      /^True QuorumReady 2 of 3 parties are ready, 2 are needed; without party 3, for bans/,
    );
    assert.match(condition('Ready', withView(views([own], [1, 3]), ban), ecdsa), /^False PartyBanned 1 of 3/);
    const eddsa = view(1, [keyReport(1)], { banned: [{ party: 3, reason: 'a wrong proof' }] });
    assert.match(condition('Ready', withView(views([keyReport(1)], [1, 3]), eddsa)), /^True QuorumReady 2 of 3/);
  });

  test('an ecdsa key is not ready for want of auxiliary information', () => {
    const ecdsa = keyShareSet({ curve: 'p256', purpose: 'ecdsa' });
    assert.match(condition('Ready', views(), ecdsa), /^False WaitingForAuxiliary a key for ECDSA needs/);
    assert.match(condition('Progressing', views(), ecdsa), /^True WaitingForAuxiliary/);
  });

  test('a keygen that failed is not ready, and says why', () => {
    const failed = keygenReport(1, 'Failed', {
      failure: 'Misbehaviour',
      parties: [3],
      message: 'party 3 sent a wrong share',
    });
    assert.match(condition('Ready', views([failed])), /^False KeygenFailed party 3 sent a wrong share/);
  });

  test('old shares are erased when too few are left to use, not before', () => {
    const at = (...erasedBelow: number[]) =>
      condition(
        'OldSharesErased',
        new Map(erasedBelow.map((below, i) => [i + 1, view(i + 1, [keyReport(2, { erasedBelow: below })])])),
      );
    assert.match(at(2, 2, 2), /^True Erased/);
    assert.match(at(2, 2, 1), /^True Erased .*not yet confirmed by party 3/);
    assert.match(at(2, 1, 1), /^False ErasurePending/);
    assert.match(condition('OldSharesErased', views([keyReport(1)])), /^True FirstEpoch/);
    assert.match(condition('OldSharesErased', views()), /^Unknown NoKey/);
  });

  test('a refresh is blocked by who is missing, but only when it is asked for', () => {
    const missing = views([keyReport(1)], [1, 2]);
    assert.match(condition('RefreshBlocked', missing), /^False NotBlocked/);
    assert.match(condition('RefreshBlocked', missing, asked({ [REFRESH]: 'x' })), /^True PartiesMissing .*party 3/);
    const pending = withView(views([keyReport(2, { final: 1 })]), { id: 3 });
    assert.match(
      condition('RefreshBlocked', pending),
      /^True PartiesMissing/,
      'an epoch that is not final needs it, too',
    );
  });

  test('a refresh is blocked by a trigger that no party would take', () => {
    const seen = views([keyReport(1)]);
    const long = asked({ [REFRESH]: 'x'.repeat(129) });
    assert.match(condition('RefreshBlocked', seen, long), /^True InvalidTrigger .*annotation has more than 128/);
    const policies = Array.from({ length: 70 }, (_, i) => [
      `rotation.mpc.keyshare.dev/${'p'.repeat(60)}${i}`,
      'x'.repeat(129),
    ]);
    const many = condition('RefreshBlocked', seen, asked(Object.fromEntries(policies)));
    assert.equal(many.length, 'True InvalidTrigger '.length + 4096, 'the API server takes no longer message');
    assert.deepEqual(step(seen, long), { kind: 'none' });
    assert.deepEqual(step(seen, asked({ [REFRESH]: '' })), { kind: 'none' });
  });

  test('a refresh that failed is blocked until the next attempt, and names the culprits', () => {
    const failure = { failure: 'Misbehaviour', parties: [3], message: 'a wrong share' } as const;
    const seen = views([keyReport(1, attemptAt('Failed', 2, failure))]);
    const attempts = { ...NO_ATTEMPTS, notBefore: NOW + 1 };
    assert.match(
      condition('RefreshBlocked', seen, asked({ [REFRESH]: 'x' }), attempts),
      /^True Misbehaviour a wrong share \(parties 3\)/,
    );
  });
});

describe('the status of a refresh', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const status = (seen: PartyViews, key: KeyShareSet) => refreshStatus(key, held(seen, key), NO_ATTEMPTS, now);
  const wanted = asked({ [REFRESH]: '2' });
  const trigger = 'annotation@2';
  const done = (changes: Partial<KeyReport> = {}) =>
    keyReport(2, { triggers: [{ source: 'annotation', value: '2', epoch: 2 }], ...changes });

  test('follows it through its phases', () => {
    const phase = (report: KeyReport) => status(views([report]), wanted)?.phase;
    const running = (name: 'Preparing' | 'Failed') => ({ attempt: { number: 2, trigger, phase: name }, highest: 2 });
    assert.equal(status(views([keyReport(1)]), keyShareSet()), undefined);
    assert.equal(phase(keyReport(1)), 'Pending');
    assert.equal(phase(keyReport(1, running('Preparing'))), 'Preparing');
    assert.equal(phase(keyReport(1, running('Failed'))), 'Failed');
    assert.equal(phase(done({ active: 1, final: 1, erasedBelow: 1 })), 'Certified');
    assert.equal(phase(done({ final: 1, erasedBelow: 1 })), 'Activated');
    assert.equal(phase(done()), 'Erased');
  });

  test('keeps when it began and when it was completed', () => {
    const first = status(views([keyReport(1)]), wanted);
    assert.equal(first?.startTime, '2026-11-21T12:00:00Z');
    const begun = { ...wanted, status: { refresh: { ...first, startTime: '2026-11-21T11:00:00Z' } } };
    const end = status(views([done()]), begun);
    assert.deepEqual([end?.startTime, end?.completionTime], ['2026-11-21T11:00:00Z', '2026-11-21T12:00:00Z']);
  });

  test('counts an attempt that failed once, however often it is seen', () => {
    const failed = views([
      keyReport(1, { attempt: { number: 2, trigger, phase: 'Failed', message: 'no' }, highest: 2 }),
    ]);
    const first = status(failed, wanted);
    assert.deepEqual([first?.failures, first?.message], [1, 'no']);
    assert.ok(first);
    const again = status(failed, { ...wanted, status: { refresh: first } });
    assert.ok(again);
    assert.equal(again.failures, 1);
    const second = views([keyReport(1, { attempt: { number: 3, trigger, phase: 'Failed' }, highest: 3 })]);
    assert.equal(status(second, { ...wanted, status: { refresh: again } })?.failures, 2);
  });
});
