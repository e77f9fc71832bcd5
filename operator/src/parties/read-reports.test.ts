import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MAX_NUMBER, MAX_SOURCES } from '@mpc-operator/crds/bounds';
import { auxiliaryReport } from '../testing/auxiliary.ts';
import { certificate, keyReport, partyReport } from '../testing/reports.ts';
import { readPartyReport, readReply } from './read-reports.ts';

const named = (name: string) => keyReport(1, { spec: { ...keyReport(1).spec, name } });
const source = (i: number) => ({ source: `policy/p${i}`, value: '2026-11-21T00:00:00Z', epoch: 1 });
const tooMany = Array.from({ length: MAX_SOURCES + 1 }, (_, i) => source(i));

function keys(...entries: readonly unknown[]) {
  const read = readReply({ result: 'keys', keys: entries, position: 7, more: true });
  return read.result === 'keys' ? read : assert.fail(read.result);
}

describe('a reply with keys', () => {
  const unreadable: Readonly<Record<string, object>> = {
    'more sources of triggers than a party may remember': { triggers: tooMany },
    'one source twice, which no status takes': { triggers: [source(1), source(1)] },
    'one party twice in its certificate': {
      certificate: certificate(1, { acks: [1, 1].map(() => certificate(1).acks[0] ?? assert.fail()) }),
    },
    'a number that no status takes': { erasedBelow: MAX_NUMBER + 1 },
    'a time that is none': { finalTime: 'yesterday' },
    'a phase of a later version': { attempt: { number: 2, trigger: 'annotation@x', phase: 'Verified' } },
  };
  for (const [what, changes] of Object.entries(unreadable)) {
    test(`loses only the key with ${what}, and says which and why`, () => {
      const read = keys(named('a'), { ...named('b'), ...changes }, named('c'));
      assert.deepEqual(read.keys, [named('a'), named('c')]);
      assert.equal(read.unread?.length, 1);
      assert.equal(read.unread[0]?.name, 'b');
      assert.match(read.unread[0].why, new RegExp(`^${Object.keys(changes)[0]}`));
      assert.deepEqual([read.position, read.more], [7, true]);
    });
  }

  test('tells of a key without a name, too', () => {
    const read = keys(named('a'), { spec: {} }, null);
    assert.deepEqual(read.keys, [named('a')]);
    assert.deepEqual(
      read.unread?.map(({ name }) => name),
      [undefined, undefined],
    );
  });

  test('is none without its position', () => {
    assert.throws(() => readReply({ result: 'keys', keys: [], more: false }), /position/);
    assert.throws(() => readReply({ result: 'yes' }));
    assert.throws(() => readReply(undefined));
  });
});

describe('the report of a party', () => {
  const good = partyReport(1, { auxiliary: auxiliaryReport(1), banned: [{ party: 2, reason: 'r' }] });

  test('is read whole if it can be', () => {
    assert.deepEqual(readPartyReport(good), { report: good, unread: [] });
  });

  test('loses auxiliary information that cannot be read, and nothing else', () => {
    const { auxiliary: _, ...rest } = good;
    const { report, unread } = readPartyReport({ ...good, auxiliary: auxiliaryReport(1, { triggers: tooMany }) });
    assert.deepEqual(report, rest);
    assert.deepEqual(
      unread.map(({ name }) => name),
      ['auxiliary'],
    );
    assert.match(unread[0]?.why ?? '', /^auxiliary\.triggers/);
  });

  test('loses only the ban that cannot be read', () => {
    const { report, unread } = readPartyReport({ ...good, banned: [...(good.banned ?? []), { party: 99 }] });
    assert.deepEqual(report, good);
    assert.deepEqual(
      unread.map(({ name }) => name),
      ['banned[1]'],
    );
  });

  test('is none without what every report has', () => {
    const { incarnation: _, ...rest } = good;
    for (const none of [rest, { ...good, hsm: {} }, { ...good, party: 65 }, null, 'x', undefined])
      assert.throws(() => readPartyReport(none));
  });
});
