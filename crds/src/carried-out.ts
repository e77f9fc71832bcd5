/**
 * Whether a trigger was carried out, by the list of what was. Parties and operator judge by the same rule: the parties
 * refuse what was carried out, and the operator does not ask for it.
 *
 * The list is bounded, so it forgets policies that have asked for nothing for long. Their slots are covered by one
 * entry of the source EARLIER_SLOTS: every slot up to its value counts as carried out. No harm comes of that. A slot
 * asks for shares that are newer than the slot, and the shares are newer than a later one.
 */
import type { Trigger } from './annotations.ts';
import { MAX_SOURCE, MAX_VALUE } from './bounds.ts';

/** The source of the entry that stands for the slots of forgotten policies. Nobody can ask for this source. */
export const EARLIER_SLOTS = 'policies';

const POLICY_SOURCE = /^policy\//;

/** A slot as the operator writes it: RFC 3339, UTC, without fractions. */
const SLOT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The time of the slot that a policy asks for, in milliseconds since 1970; undefined for any other trigger. */
export function slotOf({ source, value }: Trigger): number | undefined {
  if (source !== EARLIER_SLOTS && !POLICY_SOURCE.test(source)) return undefined;
  const time = SLOT.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** Whether a party that carries out the trigger can report it: a list has room for it, and no other meaning. */
export function canBeReported({ source, value }: Trigger): boolean {
  return source !== EARLIER_SLOTS && source.length <= MAX_SOURCE && value.length <= MAX_VALUE;
}

/**
 * The entry of `done` by which the trigger counts as carried out: that very trigger, or else a later slot that stands
 * for forgotten ones.
 */
export function carriedOutBy<T extends Trigger>(trigger: Trigger, done: readonly T[]): T | undefined {
  const itself = done.find(({ source, value }) => source === trigger.source && value === trigger.value);
  if (itself !== undefined) return itself;
  const slot = slotOf(trigger);
  return done.find(entry => entry.source === EARLIER_SLOTS && slot !== undefined && slot <= (slotOf(entry) ?? 0));
}
