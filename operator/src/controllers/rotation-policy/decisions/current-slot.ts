import type { RotationPolicy } from '@mpc-operator/crds/generated/api';
import { isPaused } from '../../paused.ts';
import type { Schedule } from './schedule.ts';

/**
 * Returns the slot whose keys are refreshed now: the last slot that has come since the policy exists, unless it was
 * missed by more than the policy allows; otherwise the slot that was started before. A wiped status loses none of this:
 * the slot is computed again, and the parties know what they have done.
 */
export function currentSlot(policy: RotationPolicy, schedule: Schedule, now: Date): Date | undefined {
  const { metadata, spec, status } = policy;
  const started = status?.lastScheduleTime === undefined ? undefined : new Date(status.lastScheduleTime);
  if (spec.suspend || isPaused(policy)) return started;
  const last = schedule.last(now);
  if (last === undefined || last <= new Date(metadata.creationTimestamp ?? 0)) return started;
  if (started !== undefined && last <= started) return started;
  const { startingDeadlineSeconds } = spec;
  const late = now.getTime() - last.getTime();
  return startingDeadlineSeconds !== undefined && late > startingDeadlineSeconds * 1000 ? started : last;
}
