import { SCHEDULE, SCHEDULE_REMEDY, TIME_ZONE, TIME_ZONE_REMEDY } from '@mpc-operator/crds/schedule';
import { Cron } from 'croner';

const SCHEDULE_FORM = new RegExp(SCHEDULE);
const TIME_ZONE_FORM = new RegExp(TIME_ZONE);

/** A schedule and its slots. Slots are whole minutes. */
export interface Schedule {
  /** The last slot at or before this time; undefined if there was none. */
  last(now: Date): Date | undefined;
  /** The first slot after this time; undefined if there will be none. */
  next(now: Date): Date | undefined;
}

/**
 * The schedule or its time zone is wrong. The message says which field is wrong, with which value, and what it must be.
 */
export class InvalidSchedule extends Error {
  override readonly name = 'InvalidSchedule';
}

/**
 * Parses the schedule of a policy.
 * @throws InvalidSchedule
 */
export function parseSchedule(schedule: string, timeZone: string): Schedule {
  if (!isTimeZone(timeZone)) {
    throw new InvalidSchedule(`spec.timeZone ${timeZone} is no time zone: ${TIME_ZONE_REMEDY}`);
  }
  const cron = parseCron(schedule, timeZone);
  if (cron.nextRun() === null && cron.previousRuns(1).length === 0) {
    throw new InvalidSchedule(`spec.schedule ${schedule} never comes: no date is like that`);
  }
  return {
    // previousRuns leaves out a run at the very time that it is given.
    last: now => cron.previousRuns(1, new Date(now.getTime() + 1))[0],
    next: now => cron.nextRun(now) ?? undefined,
  };
}

/**
 * Parses a cron expression. A Cron without a function to call is only a calculator: no timer is set. Its parser takes
 * more than five fields and names: of a date, for one, it makes a schedule that comes once. So the form is checked
 * before.
 */
function parseCron(schedule: string, timezone: string): Cron {
  if (!SCHEDULE_FORM.test(schedule)) throw new InvalidSchedule(`spec.schedule ${schedule} is none: ${SCHEDULE_REMEDY}`);
  try {
    return new Cron(schedule.trim(), { timezone, mode: '5-part' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidSchedule(`spec.schedule ${schedule} is none (${reason}): ${SCHEDULE_REMEDY}`);
  }
}

function isTimeZone(name: string): boolean {
  if (!TIME_ZONE_FORM.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
