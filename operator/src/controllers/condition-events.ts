import { type Condition, findCondition } from '@mpc-operator/runtime/conditions';
import type { EventNote } from '@mpc-operator/runtime/events';

/** Conditions that are good news when they are False. */
const NEGATIVE = new Set(['RefreshBlocked', 'Stalled']);
/** Conditions that come and go with everything that is done, or that have events of their own. */
const QUIET = new Set(['Progressing', 'OldSharesErased', 'AuxiliaryReady']);
/** Conditions that are Unknown only where they were not bad: that they are good is no news then. */
const GOOD_UNTIL_BAD = new Set(['NoMisbehaviour']);

/** An event for each condition that has become true or false. What is not yet at the beginning is no news. */
export function conditionEvents(
  before: readonly Condition[] | undefined,
  after: readonly Condition[],
): readonly EventNote[] {
  if (before === undefined) return [];
  return after
    .filter(({ type, status }) => !QUIET.has(type) && status !== 'Unknown')
    .filter(condition => isNews(condition, findCondition(before, condition.type)))
    .map(condition => ({
      type: isGood(condition) ? 'Normal' : 'Warning',
      reason: condition.reason,
      action: 'Observe',
      note: `${condition.type} is ${condition.status}: ${condition.message}`,
    }));
}

function isNews(condition: Condition, before: Condition | undefined): boolean {
  if (condition.status === before?.status) return false;
  return before?.status !== 'Unknown' || !GOOD_UNTIL_BAD.has(condition.type) || !isGood(condition);
}

function isGood({ type, status }: Condition): boolean {
  return NEGATIVE.has(type) ? status === 'False' : status === 'True';
}
