/**
 * A trigger runs once: a new value of an annotation, or a slot of a RotationPolicy. A trigger is part of the
 * certificate of the epoch that it led to, so that the parties know what they have carried out, whatever becomes of the
 * objects in Kubernetes. For each source, the parties remember the last trigger (epochs/carried-out.ts).
 */
import { parseTrigger } from '@mpc-operator/crds/annotations';
import { whatCarriedOut } from '../epochs/carried-out.ts';
import type { EpochState } from '../epochs/key-state.ts';
import { Refused } from './admission.ts';

/** @throws Refused for a trigger that was carried out */
export function rejectCarriedOut(state: EpochState | undefined, trigger: string): void {
  const done = whatCarriedOut(state, trigger);
  if (done?.source === parseTrigger(trigger).source)
    throw new Refused('TriggerDone', `${trigger} was carried out before`);
  if (done) throw new Refused('TriggerDone', `${trigger} was carried out before, or the later slot ${done.value} was`);
}
