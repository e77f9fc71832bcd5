import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTrigger, type Trigger } from '@mpc-operator/crds/annotations';
import { MAX_SOURCES } from '@mpc-operator/crds/bounds';
import { carriedOutBy, EARLIER_SLOTS } from '@mpc-operator/crds/carried-out';
import { keyReport } from '@mpc-operator/crds/control';
import fc from 'fast-check';
import { type CarriedOut, carriedOutTriggers, withCarriedOut } from './carried-out.ts';
import { proposal, settle, withKey } from './testing/nodes.ts';

type BySource = ReadonlyMap<string, CarriedOut>;

const DAY = 86_400_000;
const slot = (day: number): string => new Date(day * DAY).toISOString().replace('.000Z', 'Z');
const listOf = (done: BySource) => [...done].map(([source, { value, epoch }]) => ({ source, value, epoch }));

/** What is remembered after these triggers have led to epochs 1, 2 and so on. */
const after = (triggers: readonly Trigger[]): BySource =>
  triggers.reduce<BySource>((done, trigger, i) => withCarriedOut(done, [formatTrigger(trigger)], i + 1), new Map());

/** Slots of policies that come and go, as their time comes, and values that a person gives in between. */
const history: fc.Arbitrary<readonly Trigger[]> = fc
  .array(fc.oneof(fc.nat(200), fc.constant('annotation' as const)), { minLength: 1, maxLength: 200, size: 'max' })
  .map(sources =>
    sources.map((source, i) =>
      source === 'annotation' ? { source, value: `${i}` } : { source: `policy/p${source}`, value: slot(1_000 + i) },
    ),
  );

/** Long histories shrink slowly: the first counterexample is reported as it is. */
const ONE_FAILURE = { endOnFailure: true };

test('however many policies there were, a report has room for what is remembered', () => {
  fc.assert(
    fc.property(history, triggers => {
      const list = listOf(after(triggers));
      assert.ok(list.length <= MAX_SOURCES);
      assert.ok(keyReport.shape.triggers.safeParse(list).success);
    }),
    ONE_FAILURE,
  );
});

test('a slot that was carried out stays carried out, whether its policy is remembered or forgotten', () => {
  fc.assert(
    fc.property(history, triggers => {
      const done = listOf(after(triggers));
      for (const [i, trigger] of triggers.entries()) {
        const isLast = triggers.findLastIndex(({ source }) => source === trigger.source) === i;
        if (isLast) assert.ok(carriedOutBy(trigger, done), formatTrigger(trigger));
      }
    }),
    ONE_FAILURE,
  );
});

test('the next slot of any policy, and any new value of a person, is still to be carried out', () => {
  fc.assert(
    fc.property(history, triggers => {
      const done = listOf(after(triggers));
      const next = slot(1_000 + triggers.length);
      for (const source of ['policy/p0', 'policy/p200', 'policy/new'])
        assert.equal(carriedOutBy({ source, value: next }, done), undefined);
      assert.equal(carriedOutBy({ source: 'annotation', value: 'new' }, done), undefined);
    }),
    ONE_FAILURE,
  );
});

test('what a person asked for last is never forgotten', () => {
  const policies = Array.from({ length: 500 }, (_, i) => ({ source: `policy/p${i}`, value: slot(i) }));
  const done = after([{ source: 'annotation', value: 'x' }, ...policies]);
  assert.deepEqual(done.get('annotation'), { value: 'x', epoch: 1 });
});

test('one slot stands for those that are forgotten: the latest of them', () => {
  const policies = Array.from({ length: MAX_SOURCES + 20 }, (_, i) => ({ source: `policy/p${i}`, value: slot(i) }));
  const done = after(policies);
  const kept = [...done.keys()].filter(source => source !== EARLIER_SLOTS);
  const forgotten = policies.length - kept.length;
  assert.ok(forgotten > 20);
  assert.deepEqual(done.get(EARLIER_SLOTS), { value: slot(forgotten - 1), epoch: forgotten });
});

test('nobody can set the slot that stands for others, nor fill the list with what no report can say', () => {
  const hostile = [`${EARLIER_SLOTS}@${slot(1_000_000)}`, `${'s'.repeat(129)}@x`, `annotation@${'v'.repeat(129)}`];
  assert.deepEqual([...withCarriedOut(new Map(), hostile, 1)], []);
});

test('after more policies than a report has room for, a party that starts again knows the same', () => {
  const nodes = withKey();
  for (let i = 1; i <= MAX_SOURCES + 6; i++) {
    const trigger = `policy/p${i}@${slot(i)}`;
    for (const n of nodes) n.acknowledge({ ...proposal(i + 1, i), trigger });
    settle(nodes);
  }
  for (const node of nodes) {
    const before = carriedOutTriggers(node.key);
    node.crash();
    assert.deepEqual(carriedOutTriggers(node.key), before);
    assert.ok(keyReport.shape.triggers.safeParse(before).success);
    assert.ok(carriedOutBy({ source: 'policy/p1', value: slot(1) }, before));
  }
});
