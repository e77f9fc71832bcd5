import { requestedTriggers, type Trigger } from '@mpc-operator/crds/annotations';

type Annotations = { readonly [key: string]: string } | undefined;

/**
 * The most characters that the control messages allow in the value of a trigger, and the most triggers of one object.
 */
const MAX_VALUE = 128;
const MAX_TRIGGERS = 32;

/**
 * The triggers that annotations ask for and that parties would take.
 * @param annotation the annotation by which a person asks
 */
export function usableTriggers(annotations: Annotations, annotation?: string): readonly Trigger[] {
  return requestedTriggers(annotations, annotation)
    .filter(({ value }) => value !== '' && value.length <= MAX_VALUE)
    .slice(0, MAX_TRIGGERS);
}

/** The sources of triggers whose value no party would take. */
export function unusableSources(annotations: Annotations, annotation?: string): readonly string[] {
  return requestedTriggers(annotations, annotation)
    .filter(({ value }) => value.length > MAX_VALUE)
    .map(({ source }) => source);
}
