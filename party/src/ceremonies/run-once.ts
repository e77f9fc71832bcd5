/**
 * A trigger runs once: a new value of an annotation, or a slot of a RotationPolicy. A trigger is part of the
 * certificate of the epoch that it led to, so that the parties know what they have carried out, whatever becomes of the
 * objects in Kubernetes. For each source, the parties remember the last trigger.
 */
import type { KeyReport } from '@mpc-operator/crds/control';
import { isCarriedOut } from '../epochs/admit.ts';
import type { EpochState } from '../epochs/key-state.ts';
import { Refused } from './admission.ts';

/** @throws Refused for a trigger that was carried out */
export function rejectCarriedOut(state: EpochState | undefined, trigger: string): void {
  if (isCarriedOut(state, trigger)) throw new Refused('TriggerDone', `${trigger} was carried out before`);
}

/** The triggers that were carried out, in the form in which the operator is told of them. */
export const carriedOutTriggers = ({ carriedOut }: EpochState): KeyReport['triggers'] =>
  [...carriedOut].map(([source, { value, epoch }]) => ({ source, value, epoch }));
