import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SCHEDULE_NAMES } from '@mpc-operator/crds/schedule';
import fc from 'fast-check';
import { InvalidSchedule, parseSchedule } from './schedule.ts';

const at = (time: string) => new Date(`2026-${time}Z`);

describe('a schedule', () => {
  test('has slots by the wall clock of its time zone, through changes to and from daylight saving time', () => {
    const zurich = parseSchedule('30 2 * * *', 'Europe/Zurich');
    assert.deepEqual(
      zurich.next(at('03-28T12:00:00')),
      at('03-29T01:00:00'),
      'half past two does not exist on that day',
    );
    assert.deepEqual(zurich.next(at('03-29T12:00:00')), at('03-30T00:30:00'));
    assert.deepEqual(
      zurich.next(at('10-25T00:30:00')),
      at('10-26T01:30:00'),
      'it comes twice on that day, and counts once',
    );
    assert.deepEqual(zurich.last(at('10-25T12:00:00')), at('10-25T00:30:00'));
  });

  test('includes a slot from its very second on', () => {
    const schedule = parseSchedule('*/5 * * * *', 'Etc/UTC');
    assert.deepEqual(schedule.last(at('11-21T12:05:00')), at('11-21T12:05:00'));
    assert.deepEqual(schedule.last(at('11-21T12:04:59.999')), at('11-21T12:00:00'));
    assert.deepEqual(schedule.next(at('11-21T12:05:00')), at('11-21T12:10:00'));
  });

  test('takes the usual abbreviations', () => {
    assert.deepEqual(parseSchedule('@daily', 'Etc/UTC').next(at('11-21T12:00:00')), at('11-22T00:00:00'));
  });

  test('comes when either day of month or day of week does, if both are given', () => {
    const both = parseSchedule('0 3 1 * mon', 'Etc/UTC');
    assert.deepEqual(both.next(at('11-28T12:00:00')), at('11-30T03:00:00'), 'a Monday');
    assert.deepEqual(both.next(at('11-30T12:00:00')), at('12-01T03:00:00'), 'the first');
  });

  for (const [schedule, zone, message] of [
    ['61 * * * *', 'Etc/UTC', /spec.schedule 61 \* \* \* \* is none: give minute/],
    ['* * * * * *', 'Etc/UTC', /is none/],
    ['often', 'Etc/UTC', /spec.schedule often is none: give minute, .* or one of @hourly, @daily/],
    ['0 0 30 2 *', 'Etc/UTC', /never comes/],
    ['0 0 * * 5-1', 'Etc/UTC', /is none \(.*From value is larger.*\): give minute/],
    ['0 */30 * * *', 'Etc/UTC', /is none \(.*steps cannot be greater.*\): give minute/],
    ['2026-12-24T03:00:00', 'Etc/UTC', /is none: give minute/],
    ['2026-12-24T03:00:00Z', 'Etc/UTC', /is none: give minute/],
    ['@reboot', 'Etc/UTC', /is none: give minute/],
    ['0 3 L * *', 'Etc/UTC', /none of L, W, #, \? and \+/],
    ['0 3 15W * *', 'Etc/UTC', /none of L, W, #, \? and \+/],
    ['0 3 * * 5L', 'Etc/UTC', /none of L, W, #, \? and \+/],
    ['0 3 * * 5#2', 'Etc/UTC', /none of L, W, #, \? and \+/],
    ['0 3 ? * 5', 'Etc/UTC', /none of L, W, #, \? and \+/],
    ['0 3 1 * +5', 'Etc/UTC', /none of L, W, #, \? and \+/],
    ['@daily', 'Mars/Olympus', /spec.timeZone Mars\/Olympus is no time zone: give a name of the IANA database/],
    ['@daily', '+02:00', /spec.timeZone \+02:00 is no time zone: .* and no offset/],
    ['@daily', '-0200', /is no time zone/],
    ['@daily', '02', /is no time zone/],
  ] as const) {
    test(`${schedule} in ${zone} is refused, with the remedy`, () => {
      assert.throws(
        () => parseSchedule(schedule, zone),
        error => error instanceof InvalidSchedule && message.test(error.message),
      );
    });
  }

  /** A value, a range, a list or a step, of a field that goes from `min` to `max`. */
  const field = (min: number, max: number, names: readonly string[] = []) => {
    const value = names.length === 0 ? fc.integer({ min, max }) : fc.oneof(fc.integer({ min, max }), namesOf(names));
    const step = fc.integer({ min: 1, max: Math.min(max, 99) });
    const range = fc
      .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
      .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
    const item = fc.oneof(
      fc.constant('*'),
      value.map(String),
      range,
      fc.tuple(fc.oneof(fc.constant('*'), range), step).map(parts => parts.join('/')),
    );
    return fc.array(item, { minLength: 1, maxLength: 3 }).map(items => items.join(','));
  };
  const namesOf = (names: readonly string[]) => fc.constantFrom(...names, ...names.map(name => name.toUpperCase()));
  const fields = fc.tuple(
    field(0, 59),
    field(0, 23),
    field(1, 31),
    field(1, 12, ['jan', 'feb', 'jun', 'dec']),
    field(0, 7, ['sun', 'mon', 'sat']),
  );

  const comesAgain = (text: string) => {
    const schedule = parseSchedule(text, 'Europe/Zurich');
    let slot = at('11-21T12:00:00');
    for (let i = 0; i < 3; i++) {
      const next = schedule.next(slot);
      assert.ok(next !== undefined && next > slot, `slot ${i + 1} of ${text}`);
      slot = next;
    }
  };

  test('of five fields, or by a name, comes again and again, unless no date is like that', () => {
    for (const name of SCHEDULE_NAMES) comesAgain(name);
    const text = fields.map(parts => parts.join(' '));
    const run = (parts: string) => {
      try {
        comesAgain(parts);
      } catch (error) {
        assert.ok(error instanceof InvalidSchedule && error.message.includes('never comes'), String(error));
      }
    };
    fc.assert(fc.property(text, run), { numRuns: 200 });
  });

  test('that is anything else is refused, whatever the parser would make of it', () => {
    const marks = fc.constantFrom('L', 'W', 'LW', '#', '#2', '?', '+', '=', 'l', 'w', ';', '%', 'H', '~');
    const marked = fc.tuple(fields, marks, fc.nat(4), fc.boolean()).map(([parts, mark, index, before]) => {
      const changed = parts.map((part, i) => (i !== index ? part : before ? `${mark}${part}` : `${part}${mark}`));
      return changed.join(' ');
    });
    const date = fc
      .date({ min: at('01-01T00:00:00'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
      .chain(time => fc.constantFrom(19, 20, 23, 24).map(length => time.toISOString().slice(0, length)));
    const longer = fields.map(parts => `0 ${parts.join(' ')}`);
    const shorter = fields.map(parts => parts.slice(1).join(' '));
    const words = fc.string({ maxLength: 20 }).filter(text => !/^\s*@/.test(text));
    const refused = (text: string) =>
      assert.throws(() => parseSchedule(text, 'Etc/UTC'), { name: 'InvalidSchedule' }, text);
    fc.assert(fc.property(fc.oneof(marked, date, longer, shorter, words), refused), { numRuns: 1000 });
  });
});
