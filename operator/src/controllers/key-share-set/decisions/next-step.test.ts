import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MAX_TRIGGERS } from '@mpc-operator/crds/bounds';
import { EARLIER_SLOTS } from '@mpc-operator/crds/carried-out';
import type { KeyReport } from '@mpc-operator/crds/control';
import type { PartyViews } from '../../../parties/view.ts';
import { keyShareSet, mpcCluster } from '../../../testing/objects.ts';
import { certificate, KEY_ID, keygenReport, keyReport, view, views, withView } from '../../../testing/reports.ts';
import { type Attempts, NO_ATTEMPTS } from '../../attempts.ts';
import { destroyStep } from './destroy-step.ts';
import { type Holding, holdingOf } from './holding.ts';
import { nextStep } from './next-step.ts';

const NOW = 1_000_000;
const held = (seen: PartyViews, key = keyShareSet(), cluster = mpcCluster()): Holding => holdingOf(key, cluster, seen);
const step = (seen: PartyViews, key = keyShareSet(), attempts: Attempts = NO_ATTEMPTS) =>
  nextStep(key, held(seen, key), attempts, NOW);
const asked = (annotations: Record<string, string>) => keyShareSet({}, { annotations });
const REFRESH = 'mpc.keyshare.dev/refresh';
const attemptAt = (phase: NonNullable<KeyReport['attempt']>['phase'], number = 2, more = {}) =>
  ({ attempt: { number, trigger: 'annotation@x', phase, ...more }, highest: number }) as const;

describe('what the parties hold', () => {
  test('is a key only when as many as the threshold say the same of it', () => {
    const key = keyReport(1);
    assert.equal(held(views([key])).key?.keyId, KEY_ID);
    assert.ok(
      held(
        new Map([
          [1, view(1, [key])],
          [2, view(2, [key])],
        ]),
      ).key,
    );
    assert.equal(
      held(
        new Map([
          [1, view(1, [key])],
          [2, view(2)],
          [3, view(3)],
        ]),
      ).key,
      undefined,
    );
    const liar = view(1, [keyReport(1, { publicKey: 'ff'.repeat(32), certificate: certificate(9) })]);
    assert.equal(held(withView(views([key]), liar)).key?.publicKey, key.publicKey);
  });

  test('is published only with the acknowledgement of all parties', () => {
    const acks = certificate(1).acks.slice(0, 2);
    assert.equal(held(views([keyReport(1, { certificate: certificate(1, { acks }) })])).key, undefined);
  });

  test('is the highest certified epoch, whoever has it', () => {
    const seen = withView(views([keyReport(1)]), view(2, [keyReport(2, { final: 1 })]));
    assert.equal(held(seen).key?.certificate.epoch, 2);
  });

  for (const [field, value] of Object.entries({
    curve: 'secp256k1',
    purpose: 'taproot',
    threshold: 3,
    parties: [1, 2],
  })) {
    test(`conflicts with a KeyShareSet that asks for another ${field}, and says how`, () => {
      const spec = { ...keyReport(1).spec, [field]: value };
      const { conflict } = held(views([keyReport(1, { spec })]));
      assert.match(conflict ?? '', new RegExp(`spec.${field} is .*hold a key of this name with ${field}`));
    });
  }

  test('conflicts when a party outside the key holds another one of its name', () => {
    const cluster = mpcCluster({ parties: [1, 2, 3, 4].map(id => ({ id, zone: 'a' })) });
    const other = keyReport(1, { keyId: 'f'.repeat(32) });
    const seen = new Map([...views([keyReport(1)]), [4, view(4, [other])] as const]);
    assert.match(held(seen, keyShareSet(), cluster).conflict ?? '', /different keys of the name treasury/);
  });

  test('is not published before its parties show the public key', () => {
    const early = keyReport(1, { final: 0, publicKey: undefined, addresses: [] });
    assert.equal(held(views([early])).key, undefined);
    assert.equal(step(views([early])).kind, 'wait');
  });
});

describe('the next step of a key', () => {
  test('waits until the parties have met each other', () => {
    const shy = view(3, [], { acquainted: [1] });
    const { kind, message } = { message: '', ...step(withView(views(), shy)) };
    assert.deepEqual([kind, message], ['wait', 'party 3 has not met party 2 yet']);
    const { acquainted: _, ...ofAnEarlierVersion } = view(3).report ?? assert.fail();
    assert.equal(step(withView(views(), { id: 3, report: ofAnEarlierVersion, keys: [] })).kind, 'keygen');
    const loner = view(3, [], { acquainted: [1, 2, 4] });
    assert.equal(step(withView(views(), loner)).kind, 'keygen');
  });

  test('is its generation, when all its parties say that they hold nothing', () => {
    assert.deepEqual(step(views()), { kind: 'keygen', number: 1, triggers: [] });
  });

  test('counts what annotations ask for now as carried out by the generation', () => {
    const key = asked({ [REFRESH]: 'x', 'rotation.mpc.keyshare.dev/nightly': '2026-11-21T00:00:00Z' });
    assert.deepEqual(step(views(), key), {
      kind: 'keygen',
      number: 1,
      triggers: ['annotation@x', 'policy/nightly@2026-11-21T00:00:00Z'],
    });
  });

  test('counts what a person asks for and the latest slots, if there are more than a command has room for', () => {
    const days = Array.from({ length: 40 }, (_, i) => i + 1);
    const slot = (day: number) => new Date(day * 86_400_000).toISOString().replace('.000Z', 'Z');
    const policies = days.map(day => [`rotation.mpc.keyshare.dev/p${day}`, slot(day)]);
    const next = step(views(), asked({ ...Object.fromEntries(policies), [REFRESH]: 'x' }));
    assert.ok(next.kind === 'keygen');
    const latest = days.slice(-(MAX_TRIGGERS - 1)).map(day => `policy/p${day}@${slot(day)}`);
    assert.deepEqual([...next.triggers].sort(), ['annotation@x', ...latest].sort());
  });

  const never: [string, PartyViews][] = [
    ['a party is silent', views([], [1, 2])],
    ['a party is not ready', withView(views(), view(3, [], { ready: false }))],
    [
      'the keys of a party are not known',
      withView(views(), { id: 3, report: views().get(3)?.report ?? assert.fail() }),
    ],
    ['a party holds the key', withView(views(), view(3, [keyReport(1)]))],
    ['a party is still at it', withView(views(), view(3, [keygenReport(1, 'Preparing')]))],
  ];
  for (const [what, seen] of never) {
    test(`is never a generation while ${what}`, () => {
      assert.equal(step(seen).kind, 'wait');
    });
  }

  test('is for people, if one party has activated a key that another has given up for a later one', () => {
    const early = keyReport(1, { final: 0, publicKey: undefined, addresses: [] });
    const later = { ...keygenReport(2, 'Acknowledged'), keyId: 'f'.repeat(32) };
    const next = step(withView(views([early]), view(2, [later])));
    assert.ok(next.kind === 'wait');
    assert.equal(next.reason, 'KeygensCrossed');
    assert.match(next.message, /party 1 .* attempt 1, but party 2 .*deletionPolicy Destroy/);
    const behind = { ...keygenReport(1, 'Acknowledged'), keyId: KEY_ID };
    const spreading = step(withView(views([early]), view(2, [behind])));
    assert.ok(spreading.kind === 'wait');
    assert.equal(spreading.reason, 'KeySpreading');
  });

  test('adopts a key that the parties hold', () => {
    assert.deepEqual(step(views([keyReport(3)])), { kind: 'none' });
  });

  test('takes a number above all that as many parties as sign have seen, and above all it gave out', () => {
    const seen = withView(views([keygenReport(3, 'Failed')]), view(2, [keygenReport(7, 'Failed')]));
    assert.deepEqual(step(seen), { kind: 'keygen', number: 4, triggers: [] });
    const two = withView(seen, view(3, [keygenReport(6, 'Failed')]));
    assert.deepEqual(step(two), { kind: 'keygen', number: 7, triggers: [] });
    const attempts = { ...NO_ATTEMPTS, number: 9 };
    assert.deepEqual(step(seen, keyShareSet(), attempts), { kind: 'keygen', number: 10, triggers: [] });
  });

  test('is not moved by what one party says, whatever phase its attempt has', () => {
    for (const phase of ['Preparing', 'Acknowledged', 'Failed'] as const) {
      const liar = view(2, [keyReport(3, attemptAt(phase, 2 ** 31 - 2))]);
      const next = step(withView(views([keyReport(3)]), liar), asked({ [REFRESH]: 'x' }));
      assert.ok(next.kind === 'refresh', phase);
      assert.equal(next.number, 4);
    }
  });

  test('is a refresh for a trigger that led to no epoch yet, and only one', () => {
    const key = asked({ [REFRESH]: 'x', 'rotation.mpc.keyshare.dev/p': 'slot' });
    assert.deepEqual(step(views([keyReport(1)]), key), {
      kind: 'refresh',
      number: 2,
      keyId: KEY_ID,
      trigger: 'annotation@x',
    });
    const done = keyReport(2, { triggers: [{ source: 'annotation', value: 'x', epoch: 2 }] });
    const next = step(views([done]), key);
    assert.ok(next.kind === 'refresh');
    assert.equal(next.trigger, 'policy/p@slot');
    const both = keyReport(3, {
      triggers: [
        { source: 'annotation', value: 'x', epoch: 2 },
        { source: 'policy/p', value: 'slot', epoch: 3 },
      ],
    });
    assert.deepEqual(step(views([both]), key), { kind: 'none' });
    assert.equal(step(views([both]), asked({ [REFRESH]: 'y' })).kind, 'refresh');
  });

  for (const phase of ['Preparing', 'Acknowledged', 'Certified', 'Activated'] as const) {
    test(`waits while a party is ${phase}`, () => {
      const seen = withView(views([keyReport(1)]), view(2, [keyReport(1, attemptAt(phase))]));
      const next = step(seen, asked({ [REFRESH]: 'x' }));
      assert.ok(next.kind === 'wait');
      assert.match(next.message, new RegExp(`the parties are at attempt 2 \\(${phase}\\)`));
    });
  }

  test('follows an attempt that only some have acknowledged, once it is given up', () => {
    const seen = withView(
      views([keyReport(1, attemptAt('Acknowledged'))]),
      view(2, [keyReport(1, attemptAt('Failed'))]),
    );
    const key = asked({ [REFRESH]: 'x' });
    assert.equal(step(seen, key).kind, 'wait');
    const next = step(seen, key, { ...NO_ATTEMPTS, failed: 2 });
    assert.ok(next.kind === 'refresh');
    assert.equal(next.number, 3);
    const certified = withView(seen, view(3, [keyReport(2, { final: 1 })]));
    assert.equal(step(certified, key, { ...NO_ATTEMPTS, failed: 2 }).kind, 'wait', 'it was certified after all');
  });

  test('waits for a party that is away, and names it', () => {
    const next = step(views([keyReport(1)], [1, 3]), asked({ [REFRESH]: 'x' }));
    assert.ok(next.kind === 'wait');
    assert.match(next.message, /party 2/);
  });

  test('is not given twice: the parties get the time to show that they began', () => {
    const key = asked({ [REFRESH]: 'x' });
    const commanded = { ...NO_ATTEMPTS, number: 2, shownBy: NOW + 1 };
    assert.equal(step(views([keyReport(1)]), key, commanded).kind, 'wait');
    assert.equal(step(views([keyReport(1)]), key, { ...commanded, shownBy: NOW }).kind, 'refresh');
  });

  test('comes after a pause when the last attempt failed', () => {
    const failed = views([keyReport(1, attemptAt('Failed'))]);
    const key = asked({ [REFRESH]: 'x' });
    const attempts = { ...NO_ATTEMPTS, number: 2, notBefore: NOW + 5_000, message: 'party 3 did not answer' };
    assert.deepEqual(step(failed, key, attempts), {
      kind: 'wait',
      reason: 'BackingOff',
      message: 'party 3 did not answer',
      until: NOW + 5_000,
    });
    assert.deepEqual(step(failed, key, { ...attempts, notBefore: NOW }), {
      kind: 'refresh',
      number: 3,
      keyId: KEY_ID,
      trigger: 'annotation@x',
    });
  });

  test('gives out no number that the parties could not take', () => {
    const last = views([keyReport(1, { highest: 2 ** 31 - 1 })]);
    const next = step(last, asked({ [REFRESH]: 'x' }));
    assert.ok(next.kind === 'wait');
    assert.equal(next.reason, 'NumbersExhausted');
  });
});

test('of however many policies, none is passed over, and none is asked for twice', () => {
  const slot = (day: number) => new Date(day * 86_400_000).toISOString().replace('.000Z', 'Z');
  const days = Array.from({ length: 100 }, (_, i) => i + 1);
  const key = asked(Object.fromEntries(days.map(day => [`rotation.mpc.keyshare.dev/p${day}`, slot(day)])));
  const triggers = days.slice(40).map(day => ({ source: `policy/p${day}`, value: slot(day), epoch: day }));
  const forgotten = { source: EARLIER_SLOTS, value: slot(40), epoch: 40 };
  assert.deepEqual(step(views([keyReport(100, { triggers: [...triggers, forgotten] })]), key), { kind: 'none' });
  const next = step(views([keyReport(100, { triggers: [...triggers.slice(0, -1), forgotten] })]), key);
  assert.ok(next.kind === 'refresh');
  assert.equal(next.trigger, `policy/p100@${slot(100)}`);
});

describe('the destruction of a key', () => {
  const destroy = keyShareSet({ deletionPolicy: 'Destroy' });

  test('is none if its shares are retained', () => {
    assert.deepEqual(destroyStep(keyShareSet(), mpcCluster(), views([keyReport(1)])), { kind: 'done' });
  });

  test('asks every party that holds anything of it', () => {
    const left = keyReport(1, { keyId: 'f'.repeat(32), certificate: undefined });
    const next = destroyStep(destroy, mpcCluster(), withView(views([keyReport(1)]), view(3, [left])));
    assert.ok(next.kind === 'destroy');
    assert.deepEqual(next.shares, [
      { party: 1, keyId: KEY_ID },
      { party: 2, keyId: KEY_ID },
      { party: 3, keyId: 'f'.repeat(32) },
    ]);
  });

  test('spares a key of the same name that is another one', () => {
    const other = keyShareSet({ deletionPolicy: 'Destroy', threshold: 3 });
    assert.deepEqual(destroyStep(other, mpcCluster(), views([keyReport(1)])), { kind: 'done' });
    assert.equal(destroyStep(other, mpcCluster(), views([keyReport(1)], [1, 2])).kind, 'wait', 'party 3 may hold it');
  });

  test('waits for parties that are away: they may come back with a share', () => {
    const next = destroyStep(destroy, mpcCluster(), views([], [1, 2]));
    assert.ok(next.kind === 'wait');
    assert.match(next.message, /parties 3 are away/);
    const orphan = destroyStep(destroy, undefined, new Map());
    assert.ok(orphan.kind === 'wait');
    assert.match(orphan.message, /there is no MpcCluster demo .*set spec.deletionPolicy to Retain/);
  });

  test('is done when all say that they hold nothing', () => {
    assert.deepEqual(destroyStep(destroy, mpcCluster(), views()), { kind: 'done' });
    assert.equal(destroyStep(destroy, mpcCluster(), views([keygenReport(1, 'Preparing')])).kind, 'wait');
    assert.equal(destroyStep(destroy, mpcCluster(), views([keygenReport(1, 'Failed')])).kind, 'done');
  });
});
