/**
 * A trigger runs once: a new value of an annotation, or a slot of a RotationPolicy. A trigger is part of the
 * certificate of the epoch that it led to, so that the parties know what they have carried out, whatever becomes of the
 * objects in Kubernetes. For each source, the parties remember the last trigger (epochs/carried-out.ts).
 */
import { parseTrigger } from '@mpc-operator/crds/annotations';
import { carriedOutBy } from '@mpc-operator/crds/carried-out';
import type { KeyReport } from '@mpc-operator/crds/control';
import type { EpochState } from '../epochs/key-state.ts';
import { Refused } from './admission.ts';

/** @throws Refused for a trigger that was carried out */
export function rejectCarriedOut(state: EpochState | undefined, trigger: string): void {
  const asked = parseTrigger(trigger);
  const done = carriedOutBy(asked, state === undefined ? [] : carriedOutTriggers(state));
  if (done?.source === asked.source) throw new Refused('TriggerDone', `${trigger} was carried out before`);
  if (done) throw new Refused('TriggerDone', `${trigger} was carried out before, or the later slot ${done.value} was`);
}

/** The triggers that were carried out, in the form in which the operator is told of them. */
export const carriedOutTriggers = ({ carriedOut }: EpochState): KeyReport['triggers'] =>
  [...carriedOut].map(([source, { value, epoch }]) => ({ source, value, epoch }));
