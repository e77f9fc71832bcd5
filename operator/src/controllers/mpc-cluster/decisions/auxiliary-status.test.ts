import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import type { PartyViews } from '../../../parties/view.ts';
import { auxiliaryReport, ledTo, threeParties, trying, withAuxiliary } from '../../../testing/auxiliary.ts';
import { mpcCluster } from '../../../testing/objects.ts';
import { views } from '../../../testing/reports.ts';
import { type Attempts, NO_ATTEMPTS } from '../../attempts.ts';
import { type AuxiliaryStatus, auxiliaryEvents, auxiliaryStatus } from './auxiliary-status.ts';
import { nextAuxiliary } from './next-auxiliary.ts';

const NOW = 1_000_000;
const ROTATE = 'mpc.keyshare.dev/rotate-auxiliary';

const cluster = mpcCluster();
const asked = (annotations: Record<string, string>) => mpcCluster({}, { annotations });
const none = auxiliaryReport(0);
const one = auxiliaryReport(1);

const stepOf = (seen: PartyViews, of = cluster, attempts: Partial<Attempts> = {}) =>
  nextAuxiliary({ cluster: of, views: seen, attempts: { ...NO_ATTEMPTS, ...attempts }, now: NOW });

describe('the status of auxiliary information', () => {
  const status = (seen: PartyViews, of = cluster, attempts: Partial<Attempts> = {}) =>
    auxiliaryStatus(of, seen, stepOf(seen, of, attempts), { ...NO_ATTEMPTS, ...attempts });
  const rotating = asked({ [ROTATE]: 'x' });
  const failed = { failed: 2, failures: 1, notBefore: NOW + 1, message: 'party 3 did not answer' };

  const phases: readonly [string, PartyViews, MpcCluster, Partial<Attempts>, Partial<AuxiliaryStatus>][] = [
    [
      'no primes',
      threeParties({ ...none, primes: 'Generating' }, none),
      cluster,
      {},
      { phase: 'Generating', primesReady: '2/3' },
    ],
    [
      'a party that is away',
      withAuxiliary(views([], [1, 2]), none),
      cluster,
      {},
      { phase: 'Pending', primesReady: '2/3' },
    ],
    ['all there', threeParties(none), cluster, {}, { phase: 'Pending', generation: 0, trigger: 'first@' }],
    [
      'an attempt',
      threeParties(trying('Preparing')),
      rotating,
      {},
      { phase: 'Preparing', generation: 1, attempt: 2, trigger: 'annotation@x', time: '2026-11-01T00:00:00Z' },
    ],
    ['acknowledgements', threeParties(trying('Acknowledged'), one), rotating, {}, { phase: 'Preparing', attempt: 2 }],
    [
      'a certificate',
      threeParties(trying('Certified'), one),
      rotating,
      {},
      { phase: 'Certified', generation: 2, attempt: 2 },
    ],
    [
      'activation',
      threeParties(auxiliaryReport(2, { ...trying('Activated'), active: 2 }), one),
      rotating,
      {},
      { phase: 'Activated', generation: 2, trigger: 'annotation@x' },
    ],
    [
      'the end',
      threeParties(ledTo('annotation', 'x')),
      rotating,
      {},
      { phase: 'Final', generation: 2, attempt: 2, trigger: 'annotation@x', time: '2026-11-02T00:00:00Z' },
    ],
    [
      'failure, while primes are made again',
      threeParties(trying('Failed', 'party 3 did not answer')),
      rotating,
      {},
      {
        ...{ phase: 'Failed', generation: 1, attempt: 2, primesReady: '0/3', trigger: 'annotation@x' },
        message:
          'last attempt 2 failed: party 3 did not answer; 0/3 parties have made their safe primes, ' +
          'which takes minutes: nothing has to be done',
      },
    ],
    [
      'failure that the parties have forgotten',
      threeParties(one),
      rotating,
      failed,
      { phase: 'Failed', attempt: 2, message: 'last attempt 2 failed: party 3 did not answer' },
    ],
    [
      'a party that needs time after a failure',
      threeParties({ ...trying('Failed'), primes: 'Ready' }, one),
      rotating,
      { ...failed, failed: 3, putOff: 3, failures: 1, message: 'party 3: Busy (not now)' },
      { phase: 'Pending', attempt: 3, message: 'party 3: Busy (not now)' },
    ],
    [
      'failure for another trigger, before',
      threeParties({ ...trying('Failed'), primes: 'Ready' }),
      asked({ [ROTATE]: 'y' }),
      {},
      { phase: 'Pending', trigger: 'annotation@y' },
    ],
  ];
  for (const [what, seen, of, attempts, expected] of phases) {
    test(`with ${what} is ${expected.phase}`, () =>
      assert.partialDeepStrictEqual(status(seen, of, attempts), expected));
  }

  test('has no time of a generation that is not final yet', () => {
    assert.equal(status(threeParties(auxiliaryReport(2, { final: 1 }), one))?.time, undefined);
  });

  test('keeps the time of a generation, whose clock it ever was by, until there is another', () => {
    const time = '2026-10-31T23:59:59Z';
    const known = { ...cluster, status: { auxiliary: { phase: 'Final', generation: 1, time } as const } };
    assert.equal(status(threeParties(one), known)?.time, time);
    assert.equal(status(threeParties(ledTo('annotation', 'x')), known)?.time, '2026-11-02T00:00:00Z');
    assert.equal(status(threeParties(trying('Certified'), one), known)?.time, undefined);
  });

  test('shows the last trigger of each source, once', () => {
    const twice = [{ source: 'first', value: '', epoch: 1 }, ...ledTo('annotation', 'x').triggers];
    assert.deepEqual(status(threeParties(one, auxiliaryReport(2, { triggers: twice }), one))?.triggers, [
      { source: 'first', value: '', generation: 1 },
      { source: 'annotation', value: 'x', generation: 2 },
    ]);
  });

  test('stays as it was while no party can be asked', () => {
    const before: AuxiliaryStatus = { phase: 'Final', generation: 4 };
    assert.equal(status(new Map(), { ...cluster, status: { auxiliary: before } }), before);
    assert.equal(status(views()), undefined);
  });
});

describe('the events of auxiliary information', () => {
  const reasons = (before: AuxiliaryStatus | undefined, after: AuxiliaryStatus | undefined) =>
    auxiliaryEvents(before, after).map(({ type, reason }) => `${type} ${reason}`);
  const at = (phase: AuxiliaryStatus['phase'], generation: number, attempt?: number): AuxiliaryStatus => ({
    phase,
    generation,
    ...(attempt === undefined ? {} : { attempt }),
  });
  const final = (phase: AuxiliaryStatus['phase'], generation: number, attempt?: number): AuxiliaryStatus => ({
    ...at(phase, generation, attempt),
    time: '2026-11-02T00:00:00Z',
  });
  const table: readonly [string, AuxiliaryStatus | undefined, AuxiliaryStatus | undefined, string[]][] = [
    ['a generation that became final', final('Preparing', 1, 2), final('Final', 2, 2), ['Normal AuxiliaryCompleted']],
    ['one that was certified before', at('Activated', 2, 2), final('Final', 2, 2), ['Normal AuxiliaryCompleted']],
    [
      'one after which the next is asked for at once',
      at('Activated', 2),
      final('Pending', 2),
      ['Normal AuxiliaryCompleted'],
    ],
    ['one that no party says is final yet', at('Activated', 2), at('Pending', 2), []],
    ['one that was told of, and that a party comes back to', final('Activated', 2), final('Final', 2), []],
    ['nothing new', final('Final', 2, 2), final('Final', 2, 2), []],
    ['a status that was wiped', undefined, final('Final', 2, 2), []],
    ['a trigger that was taken back', final('Pending', 2), final('Final', 2, 2), []],
    ['a certificate', at('Preparing', 1, 2), at('Certified', 2, 2), []],
    ['a failure', at('Preparing', 1, 2), at('Failed', 1, 2), ['Warning AuxiliaryFailed']],
    ['a failure that nobody saw running', at('Pending', 1), at('Failed', 1, 2), ['Warning AuxiliaryFailed']],
    ['the same failure', at('Failed', 1, 2), at('Failed', 1, 2), []],
    ['the same failure after parties were away', at('Pending', 1, 2), at('Failed', 1, 2), []],
    ['the next failure', at('Failed', 1, 2), at('Failed', 1, 3), ['Warning AuxiliaryFailed']],
  ];
  for (const [what, before, after, expected] of table) {
    test(`tell ${expected.length === 0 ? 'nothing of ' : ''}${what}`, () => {
      assert.deepEqual(reasons(before, after), expected);
    });
  }
});
