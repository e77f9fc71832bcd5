import { type Condition, findCondition } from '@mpc-operator/runtime/conditions';
import type { EventNote } from '@mpc-operator/runtime/events';

/** Conditions that are good news when they are False. */
const NEGATIVE = new Set(['RefreshBlocked', 'Stalled']);
/** Conditions that come and go with everything that is done, or that have events of their own. */
const QUIET = new Set(['Progressing', 'OldSharesErased', 'AuxiliaryReady']);

/** An event for each condition that has become true or false. What is not yet at the beginning is no news. */
export function conditionEvents(
  before: readonly Condition[] | undefined,
  after: readonly Condition[],
): readonly EventNote[] {
  if (before === undefined) return [];
  return after
    .filter(({ type, status }) => !QUIET.has(type) && status !== 'Unknown')
    .filter(condition => condition.status !== findCondition(before, condition.type)?.status)
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
