import { requestedTriggers, type Trigger } from '@mpc-operator/crds/annotations';

type Annotations = { readonly [key: string]: string } | undefined;

/** Characters of a trigger's value, and triggers of an object, that the control messages allow. */
const MAX_VALUE = 128;
const MAX_TRIGGERS = 32;

/** What annotations ask for and parties would take. `annotation` is the one by which a person asks. */
export function usableTriggers(annotations: Annotations, annotation?: string): readonly Trigger[] {
  return requestedTriggers(annotations, annotation)
    .filter(({ value }) => value !== '' && value.length <= MAX_VALUE)
    .slice(0, MAX_TRIGGERS);
}

/** Sources of triggers whose value no party would take. */
export function unusableSources(annotations: Annotations, annotation?: string): readonly string[] {
  return requestedTriggers(annotations, annotation)
    .filter(({ value }) => value.length > MAX_VALUE)
    .map(({ source }) => source);
}

/** Those that are not among what the parties have carried out, in the same order. */
export function notCarriedOut(triggers: readonly Trigger[], done: readonly Trigger[]): readonly Trigger[] {
  return triggers.filter(
    ({ source, value }) => !done.some(trigger => trigger.source === source && trigger.value === value),
  );
}
