/**
 * What a schedule and a time zone look like, for the API server and for the operator: regular expressions in the
 * syntax that RE2 and JavaScript share. What they cannot tell is left to the operator: whether a range is upside down,
 * a date ever comes, a time zone exists.
 */

/** One field: a list of values, ranges, steps through a range, and steps through everything. */
function field(value: string): string {
  const step = '/[1-9][0-9]?';
  const item = `([*](${step})?|(${value})(-(${value})(${step})?)?)`;
  return `${item}(,${item})*`;
}

const fields = [
  field('[0-5]?[0-9]'),
  field('[01]?[0-9]|2[0-3]'),
  field('0?[1-9]|[12][0-9]|3[01]'),
  field('0?[1-9]|1[0-2]|(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)'),
  field('0?[0-7]|(?i:sun|mon|tue|wed|thu|fri|sat)'),
];

/** The names of schedules, in any case. */
export const SCHEDULE_NAMES = [
  '@hourly',
  '@daily',
  '@midnight',
  '@weekly',
  '@monthly',
  '@yearly',
  '@annually',
] as const;

/** Five fields, or a name. There are no seconds, no years, no dates, and none of L, W, #, ? and +. */
export const SCHEDULE = `^[ \\t]*(${fields.join('[ \\t]+')}|(?i:${SCHEDULE_NAMES.join('|')}))[ \\t]*$`;

/** A name of the IANA database, if it exists. An offset such as +02:00 is none, and knows no daylight saving time. */
export const TIME_ZONE = '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$';

/** What to write instead of what is no schedule. */
export const SCHEDULE_REMEDY =
  'give minute, hour, day of month, month and day of week, such as 0 3 * * 0, or one of ' +
  `${SCHEDULE_NAMES.join(', ')}; a field has numbers or names, ranges, lists and steps, but none of L, W, #, ? and +`;

/** What to write instead of what is no time zone. */
export const TIME_ZONE_REMEDY = 'give a name of the IANA database, such as Europe/Zurich or Etc/UTC, and no offset';
