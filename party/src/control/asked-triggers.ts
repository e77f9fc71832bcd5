/** What a party asks of the triggers of a command, beside their form. */
import { parseTrigger } from '@mpc-operator/crds/annotations';
import { slotOf } from '@mpc-operator/crds/carried-out';
import { Refused } from '../ceremonies/admission.ts';

/** The milliseconds by which a slot may be ahead of this party's clock: clocks that are looked after differ by less. */
const AHEAD = 86_400_000;

/**
 * Refuses slots that have not come. A policy asks for none of them, and such a slot, once carried out and forgotten,
 * would stand for all slots of all policies until its time came.
 * @param now the time by this party's clock
 * @throws Refused
 */
export function rejectFutureSlots(triggers: readonly string[], now: Date): void {
  const early = triggers.find(trigger => (slotOf(parseTrigger(trigger)) ?? 0) > now.getTime() + AHEAD);
  if (early === undefined) return;
  throw new Refused(
    'Malformed',
    `trigger ${early}: the slot has not come, this party's clock says ${now.toISOString()}. ` +
      'Correct the clock that is wrong: that of the node of the operator, or of this party',
  );
}
