import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AuxiliaryReport } from '@mpc-operator/crds/control';
import type { PartyViews } from '../../../parties/view.ts';
import { auxiliaryReport, ledTo, threeParties, trying, withAuxiliary } from '../../../testing/auxiliary.ts';
import { keyShareSet, mpcCluster } from '../../../testing/objects.ts';
import { keyReport, views } from '../../../testing/reports.ts';
import { NO_ATTEMPTS } from '../../attempts.ts';
import { holdingOf } from './holding.ts';
import { nextStep } from './next-step.ts';

const NOW = 1_000_000;
const REFRESH = 'mpc.keyshare.dev/refresh';
const step = (seen: PartyViews, key = keyShareSet(), cluster = mpcCluster()) =>
  nextStep(key, holdingOf(key, cluster, seen), NO_ATTEMPTS, NOW);

describe('the generation of an ecdsa key', () => {
  const ecdsa = keyShareSet({ curve: 'secp256k1', purpose: 'ecdsa' });
  const none = auxiliaryReport(0);
  const one = auxiliaryReport(1);
  const table: readonly [string, PartyViews, RegExp][] = [
    ['no party has auxiliary information', threeParties(none), /^WaitingForAuxiliary .*3\/3 of them have safe primes/],
    [
      'primes are made',
      threeParties({ ...none, primes: 'Generating' }, none),
      /^WaitingForAuxiliary .*; 2\/3 of them have safe primes for it. MpcCluster demo says in AuxiliaryReady how far/,
    ],
    ['the parties are of an earlier version', views(), /^WaitingForAuxiliary .*0\/3/],
    ['one has none', threeParties(one, one, none), /^WaitingForAuxiliary/],
    ['it is not final at one', threeParties(one, one, auxiliaryReport(1, { final: 0 })), /^WaitingForAuxiliary/],
    ['they have different generations', threeParties(one, one, auxiliaryReport(2)), /^WaitingForAuxiliary/],
    ['it is of other parties', threeParties(auxiliaryReport(1, { parties: [1, 2] })), /^WaitingForAuxiliary/],
    ['a party is away', withAuxiliary(views([], [1, 2]), one), /^WaitingForParties .*party 3/],
    ['all have it', threeParties(one), /^keygen/],
    ['all have it, and others too', threeParties(auxiliaryReport(1, { parties: [1, 2, 3, 4] })), /^keygen/],
    ['the next one is on its way', threeParties(trying('Preparing')), /^keygen/],
  ];
  for (const [when, seen, expected] of table) {
    test(`when ${when}: ${expected.source}`, () => {
      const next = step(seen, ecdsa);
      assert.match(next.kind === 'wait' ? `${next.reason} ${next.message}` : next.kind, expected);
    });
  }

  test('is all that waits for it: other keys are made, and those that exist are refreshed', () => {
    assert.equal(step(threeParties(none)).kind, 'keygen');
    const spec = { ...keyReport(1).spec, curve: 'secp256k1', purpose: 'ecdsa' } as const;
    const asks = keyShareSet({ curve: 'secp256k1', purpose: 'ecdsa' }, { annotations: { [REFRESH]: 'x' } });
    assert.equal(step(views([keyReport(1, { spec })]), asks).kind, 'refresh');
  });
});

describe('the refresh of an ecdsa key', () => {
  const SLOT = '2026-11-21T00:00:00Z';
  const POLICY = 'rotation.mpc.keyshare.dev/nightly';
  const spec = { curve: 'secp256k1', purpose: 'ecdsa' } as const;
  const own = views([keyReport(1, { spec: { ...keyReport(1).spec, ...spec } })]);
  const asks = (annotations: Record<string, string> = { [POLICY]: SLOT }) => keyShareSet(spec, { annotations });
  const rotates = (annotations: Record<string, string> = { [POLICY]: SLOT }, more = {}) =>
    mpcCluster({}, { annotations, ...more });
  const done = ledTo('policy/nightly', SLOT);
  const table: readonly [string, ReturnType<typeof asks>, ReturnType<typeof rotates>, AuxiliaryReport, RegExp][] = [
    ['its cluster is to rotate for the slot', asks(), rotates(), auxiliaryReport(1), /^WaitingForAuxiliary .* first/],
    ['the rotation is tried', asks(), rotates(), trying('Preparing'), /^WaitingForAuxiliary/],
    [
      'the new generation is certified only',
      asks(),
      rotates(),
      { ...trying('Certified'), triggers: done.triggers },
      /^WaitingForAuxiliary/,
    ],
    ['the new generation is not final', asks(), rotates(), { ...done, final: 1 }, /^WaitingForAuxiliary/],
    ['its cluster has rotated for the slot', asks(), rotates(), done, /^refresh policy/],
    ['the annotation of the cluster was taken away', asks(), rotates({}), auxiliaryReport(1), /^refresh policy/],
    [
      'its cluster was asked for an older slot',
      asks(),
      rotates({ [POLICY]: 'x' }),
      auxiliaryReport(1),
      /^refresh policy/,
    ],
    [
      'its cluster is being deleted',
      asks(),
      rotates(undefined, { deletionTimestamp: SLOT }),
      auxiliaryReport(1),
      /^refresh policy/,
    ],
    [
      'a person asks too',
      asks({ [POLICY]: SLOT, [REFRESH]: 'x' }),
      rotates(),
      auxiliaryReport(1),
      /^refresh annotation@x/,
    ],
    [
      'another policy asks that its cluster has rotated for',
      asks({ [POLICY]: 'later', 'rotation.mpc.keyshare.dev/other': SLOT }),
      rotates({ [POLICY]: 'later' }),
      done,
      /^refresh policy\/other/,
    ],
  ];
  for (const [when, key, cluster, auxiliary, expected] of table) {
    test(`when ${when}: ${expected.source}`, () => {
      const next = step(withAuxiliary(own, auxiliary), key, cluster);
      const found = next.kind === 'wait' ? next.message : next.kind === 'refresh' ? next.trigger : '';
      assert.match(`${next.kind === 'wait' ? next.reason : next.kind} ${found}`, expected);
    });
  }

  test('is the only one that waits: what is no ecdsa key is refreshed at once', () => {
    const key = keyShareSet({}, { annotations: { [POLICY]: SLOT } });
    const seen = withAuxiliary(views([keyReport(1)]), auxiliaryReport(1));
    assert.equal(step(seen, key, rotates()).kind, 'refresh');
  });
});
