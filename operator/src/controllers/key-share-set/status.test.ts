import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet, KeyShareSetStatus } from '@mpc-operator/crds/generated/api';
import type { PartyViews } from '../../parties/view.ts';
import { auxiliaryReport, withAuxiliary } from '../../testing/auxiliary.ts';
import { keyShareSet, mpcCluster } from '../../testing/objects.ts';
import { keyReport, view, views } from '../../testing/reports.ts';
import { NO_ATTEMPTS } from '../attempts.ts';
import { holdingFault } from './decisions/fault.ts';
import { holdingOf } from './decisions/holding.ts';
import { keyStatus } from './status.ts';

const now = new Date('2026-11-21T12:00:00Z');
const ecdsaSpec = { curve: 'secp256k1', purpose: 'ecdsa' } as const;
const ecdsa = keyShareSet(ecdsaSpec);
const ofEcdsa = (changes: Partial<KeyReport> = {}) =>
  keyReport(1, { spec: { ...keyReport(1).spec, ...ecdsaSpec }, finalTime: '2026-11-05T00:00:00Z', ...changes });
const withStatus = (key: KeyShareSet, status: KeyShareSetStatus): KeyShareSet => ({ ...key, status });
const status = (key: KeyShareSet, seen: PartyViews) =>
  keyStatus(key, holdingOf(key, mpcCluster(), seen), [], NO_ATTEMPTS, now);
/** One report of each party; undefined: the party is silent. */
const each = (...reports: (KeyReport | undefined)[]): PartyViews =>
  new Map(reports.flatMap((report, i) => (report === undefined ? [] : [[i + 1, view(i + 1, [report])] as const])));

describe('the derivations of a key', () => {
  const child = (path: string, publicKey = `${path}-key`, address = 'addr') => ({
    path,
    publicKey,
    addresses: [{ chain: 'bitcoin', network: 'mainnet', address }],
  });
  const wanted = (...paths: string[]) => keyShareSet({ ...ecdsaSpec, derivations: paths.map(path => ({ path })) });
  const showing = (...derivations: ReturnType<typeof child>[]) => ofEcdsa({ derivations });
  const a = child('m/0');
  const b = child('m/1');

  test('are those that the spec names, in its order', () => {
    const seen = views([showing(a, b, child('m/2'))]);
    assert.deepEqual(status(wanted('m/1', 'm/0'), seen).derivations, [b, a]);
    assert.equal(status(wanted(), seen).derivations, undefined);
    assert.equal(status(wanted('m/9'), seen).derivations, undefined);
  });

  test('are shown when the threshold of parties shows the same, whoever lags behind', () => {
    const key = wanted('m/0', 'm/1');
    assert.deepEqual(status(key, each(showing(a), showing(a, b), showing(a, b))).derivations, [a, b]);
    assert.deepEqual(status(key, each(ofEcdsa(), showing(a, b), showing(a))).derivations, [a]);
    const newer = child('m/0', 'm/0-key', 'another kind of address');
    assert.deepEqual(status(key, each(showing(newer), showing(a), showing(a))).derivations, [a]);
  });

  test('stay as they were while too few parties can be asked, and go with the spec', () => {
    const before = { derivations: [a, b] };
    assert.deepEqual(status(withStatus(wanted('m/0'), before), views([ofEcdsa()])).derivations, [a]);
    assert.deepEqual(status(withStatus(wanted('m/0', 'm/1'), before), new Map()).derivations, [a, b]);
    assert.equal(status(withStatus(wanted(), before), views([ofEcdsa()])).derivations, undefined);
  });

  test('of which one party shows another public key are those that the others show, and no conflict of the key', () => {
    const key = wanted('m/0');
    const seen = each(showing(child('m/0', 'forged')), showing(a), showing(a));
    assert.equal(holdingFault(key, holdingOf(key, mpcCluster(), seen)), undefined);
    assert.deepEqual(status(key, seen).derivations, [a]);
    const split = each(showing(child('m/0', 'forged')), showing(a), ofEcdsa());
    assert.equal(status(key, split).derivations, undefined, 'too few say the same');
  });
});

describe('the presignatures of a key', () => {
  const table: readonly [string, (number | undefined)[], number | undefined][] = [
    ['are the sum of what its parties have', [4, 2, 0], 6],
    ['may be none', [0, 0, 0], 0],
    ['are those of the parties that say so', [3, undefined, 1], 4],
    ['are not shown of a key that has none by design', [undefined, undefined, undefined], undefined],
  ];
  for (const [what, counts, expected] of table) {
    test(what, () => {
      const seen = each(...counts.map(presignatures => ofEcdsa(presignatures === undefined ? {} : { presignatures })));
      assert.equal(status(withStatus(ecdsa, { presignatures: 9 }), seen).presignatures, expected);
    });
  }
});

test('presignatures are in memory only: what parties had that are gone is not shown', () => {
  assert.equal(status(withStatus(ecdsa, { presignatures: 9 }), new Map()).presignatures, undefined);
  assert.equal(status(withStatus(ecdsa, { presignatures: 9 }), views([], [1])).presignatures, undefined);
});

describe('the time of the last refresh', () => {
  const at = (before: KeyShareSetStatus, seen: PartyViews) =>
    status(withStatus(keyShareSet(), before), seen).lastRefreshTime;
  const [first, second] = ['2026-11-05T00:00:00Z', '2026-11-06T00:00:00Z'];

  test('is what was heard of it first, whose clock it ever was by', () => {
    const seen = each(keyReport(2, { finalTime: second }), keyReport(2, { finalTime: first }));
    assert.equal(at({}, seen), second);
    assert.equal(at({ epoch: 2, lastRefreshTime: first }, seen), first);
    assert.equal(at({ epoch: 2, lastRefreshTime: first }, views([keyReport(2, { finalTime: undefined })])), first);
  });

  test('is of the current epoch only, and of none that is not final', () => {
    const before = { epoch: 1, lastRefreshTime: first };
    assert.equal(at(before, views([keyReport(2, { finalTime: second })])), second);
    assert.equal(at(before, views([keyReport(2, { final: 1, finalTime: first })])), undefined);
  });
});

describe('the time from which a key is healed', () => {
  const at = (key: KeyShareSet, seen: PartyViews) => {
    const { lastRefreshTime, auxiliaryTime, healedTime } = status(key, seen);
    return [lastRefreshTime, auxiliaryTime, healedTime].map(time => time?.slice(8, 10));
  };
  const eddsa = views([keyReport(1, { finalTime: '2026-11-05T00:00:00Z' })]);
  const auxiliary = (generation: number) => withAuxiliary(views([ofEcdsa()]), auxiliaryReport(generation));

  test('is the last refresh, of a key that needs nothing else', () => {
    assert.deepEqual(at(keyShareSet(), eddsa), ['05', undefined, '05']);
    assert.deepEqual(at(keyShareSet(), withAuxiliary(eddsa, auxiliaryReport(3))), ['05', undefined, '05']);
  });

  const before = withStatus(ecdsa, { auxiliaryTime: '2026-11-03T00:00:00Z', healedTime: '2026-11-03T00:00:00Z' });

  test('is that of the auxiliary information under which an ecdsa key was refreshed', () => {
    assert.deepEqual(at(ecdsa, auxiliary(3)), ['05', '03', '03']);
    assert.deepEqual(at(ecdsa, auxiliary(5)), ['05', '05', '05']);
    assert.deepEqual(at(ecdsa, views([ofEcdsa()])), ['05', undefined, undefined]);
  });

  test(
    'does not move by a rotation alone: ' + 'what was sent in the refresh before can be read with the old secrets',
    () => {
      assert.deepEqual(at(ecdsa, auxiliary(7)), ['05', '07', undefined]);
      assert.deepEqual(at(before, auxiliary(7)), ['05', '07', '03']);
    },
  );

  test('is judged by each party with its own clock, and by the threshold of them', () => {
    const ahead = (finalTime: string) => ofEcdsa({ finalTime });
    const [third, fourth] = [auxiliaryReport(3), auxiliaryReport(3, { finalTime: '2026-11-04T00:00:00Z' })];
    const skewed = (own: string) => each(ofEcdsa(), ahead(own), ofEcdsa());
    assert.deepEqual(at(before, withAuxiliary(skewed('2026-11-03T12:00:00Z'), third)), ['05', '03', '03']);
    assert.deepEqual(at(ecdsa, withAuxiliary(skewed('2026-11-03T12:00:00Z'), third, fourth, third)), [
      '05',
      '03',
      undefined,
    ]);
    const late = each(ofEcdsa(), ofEcdsa({ final: 0, active: 0 }), ofEcdsa({ final: 0, active: 0 }));
    assert.deepEqual(at(ecdsa, withAuxiliary(late, third)), ['05', '03', undefined]);
  });

  test('stays while the next generation is on its way, or a party is silent', () => {
    const turning = withAuxiliary(views([ofEcdsa()]), auxiliaryReport(7, { final: 3 }), auxiliaryReport(3));
    assert.deepEqual(at(before, turning), ['05', '03', '03']);
    assert.deepEqual(at(before, withAuxiliary(views([ofEcdsa()], [1, 2]), auxiliaryReport(7))), ['05', '03', '03']);
  });
});
