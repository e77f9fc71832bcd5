/**
 * A trigger runs once: a new value of an annotation, or a slot of a RotationPolicy. The parties record what they have
 * carried out, with the epoch that it led to, and refuse it a second time (party/src/ceremonies/run-once.ts).
 */
import type { Trigger } from '@mpc-operator/crds/annotations';
import { carriedOutBy } from '@mpc-operator/crds/carried-out';

/** The triggers that are not among those that the parties have carried out, in the same order. */
export function notCarriedOut(triggers: readonly Trigger[], done: readonly Trigger[]): readonly Trigger[] {
  return triggers.filter(trigger => carriedOutBy(trigger, done) === undefined);
}
