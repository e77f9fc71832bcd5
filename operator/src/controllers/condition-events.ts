import { type Condition, findCondition } from '@mpc-operator/runtime/conditions';
import type { EventNote } from '@mpc-operator/runtime/events';

/** Conditions that are good news when they are False. */
const NEGATIVE = new Set(['RefreshBlocked', 'Stalled']);
/** Conditions that come and go with everything that is done. */
const QUIET = new Set(['Progressing']);

/** An event for each condition whose status has changed; none for those that are good from the start. */
export function conditionEvents(
  before: readonly Condition[] | undefined,
  after: readonly Condition[],
): readonly EventNote[] {
  return after
    .filter(({ type }) => !QUIET.has(type))
    .filter(condition => condition.status !== findCondition(before, condition.type)?.status)
    .filter(condition => before !== undefined || !isGood(condition) || condition.type === 'Ready')
    .filter(condition => condition.status !== 'Unknown')
    .map(condition => ({
      type: isGood(condition) ? 'Normal' : 'Warning',
      reason: condition.reason,
      action: 'Observe',
      note: `${condition.type} is ${condition.status}: ${condition.message}`,
    }));
}

function isGood({ type, status }: Condition): boolean {
  return NEGATIVE.has(type) ? status === 'False' : status === 'True';
}
