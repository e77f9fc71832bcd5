import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartyView, PartyViews } from '../../../parties/view.ts';
import { keyShareSet, mpcCluster } from '../../../testing/objects.ts';
import { keyReport, view, views, withView } from '../../../testing/reports.ts';
import { NO_ATTEMPTS } from '../../attempts.ts';
import { heldKeys } from '../../mpc-cluster/decisions/held-keys.ts';
import { keyConditions } from './conditions.ts';
import { destroyStep } from './destroy-step.ts';
import { holdingOf } from './holding.ts';
import { nextStep } from './next-step.ts';

const why = 'triggers: too many';
const unread = (id: number, name?: string): PartyView => ({ ...view(id), unreadKeys: [{ name, why }] });
/** Parties that hold nothing that can be read: the last of them has a report that cannot. */
const seen = (name?: string): PartyViews => withView(views(), unread(3, name));
const other = keyShareSet({}, { name: 'other', uid: 'other' });

const step = (of: PartyViews, key = keyShareSet()) =>
  nextStep(key, holdingOf(key, mpcCluster(), of), NO_ATTEMPTS, 1_000_000).kind;

test('a key is not made while a party has a report of its name that cannot be read: the key may exist', () => {
  assert.equal(step(views()), 'keygen');
  assert.equal(step(seen('treasury')), 'wait');
  assert.equal(step(seen('treasury'), other), 'keygen', 'another key is not held up');
});

test('a report without a name may be of any key that its party shows no other report of', () => {
  assert.equal(step(seen()), 'wait');
  assert.equal(step(seen(), other), 'wait');
  const shown: PartyView = { ...unread(3), keys: [keyReport(1)] };
  const holding = holdingOf(keyShareSet(), mpcCluster(), withView(views([keyReport(1)]), shown));
  assert.deepEqual(
    holding.members.map(({ kind }) => kind),
    ['holds', 'holds', 'holds'],
  );
});

test('a deleted key is not done with while the report of a party cannot be read', () => {
  const destroy = keyShareSet({ deletionPolicy: 'Destroy' });
  const next = destroyStep(destroy, mpcCluster(), seen('treasury'));
  assert.ok(next.kind === 'wait');
  assert.match(next.message, /party 3 may hold a share: its report of the key cannot be read \(triggers: too many\)/);
  assert.equal(destroyStep(destroy, mpcCluster(), seen('other')).kind, 'done');
});

test('a key counts as held if its report cannot be read', () => {
  assert.deepEqual(heldKeys([keyShareSet(), other], seen('treasury')), [keyShareSet()]);
});

test('a key signs on with the parties whose reports can be read, and says which cannot', () => {
  const key = keyShareSet();
  const holding = holdingOf(key, mpcCluster(), withView(views([keyReport(1)]), unread(3, 'treasury')));
  const [ready] = keyConditions(key, holding, { kind: 'none' });
  assert.equal(`${ready?.status} ${ready?.reason}`, 'True QuorumReady');
  assert.match(
    ready?.message ?? '',
    /2 of 3 .*the report of party 3 of this key cannot be read \(triggers: too many\)/,
  );
});
