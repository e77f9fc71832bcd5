import type { RotationPolicy } from '@mpc-operator/crds/generated/api';
import { isPaused } from '../../paused.ts';
import type { Schedule } from './schedule.ts';

/**
 * The slot whose keys are refreshed now: the last that has come since the policy exists, as long as it was not missed by more than
 * the policy allows; otherwise the one that was started before. Nothing of it is lost with the status: it is computed again,
 * and the parties know what they have done.
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
