import { type Condition, findCondition } from '@mpc-operator/runtime/conditions';
import type { EventNote } from '@mpc-operator/runtime/events';

/** Conditions that are good news when they are False. */
const NEGATIVE = new Set(['RefreshBlocked', 'Stalled']);
/** Conditions that change with every action of the operator, or that have events of their own. */
const QUIET = new Set(['Progressing', 'OldSharesErased', 'AuxiliaryReady']);
/** Conditions that are Unknown only where they were not bad: that such a condition becomes good is no news. */
const GOOD_UNTIL_BAD = new Set(['NoMisbehaviour', 'SpecApplied']);

/** Returns an event for each condition that has become true or false. The first conditions of an object are no news. */
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
