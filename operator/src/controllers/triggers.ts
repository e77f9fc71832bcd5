import { requestedTriggers, type Trigger } from '@mpc-operator/crds/annotations';
import { MAX_TRIGGERS, MAX_VALUE } from '@mpc-operator/crds/bounds';
import { slotOf } from '@mpc-operator/crds/carried-out';

type Annotations = { readonly [key: string]: string } | undefined;

/**
 * The triggers that annotations ask for and that parties would take.
 * @param annotation the annotation by which a person asks
 */
export function usableTriggers(annotations: Annotations, annotation?: string): readonly Trigger[] {
  return requestedTriggers(annotations, annotation).filter(({ value }) => value !== '' && value.length <= MAX_VALUE);
}

/**
 * The triggers that a keygen carries out: as many as its command may have, of policies the latest slots. A trigger that
 * is left out leads to a refresh after the keygen.
 */
export function triggersOfKeygen(triggers: readonly Trigger[]): readonly Trigger[] {
  const latest = [...triggers].sort((a, b) => rank(b) - rank(a)).slice(0, MAX_TRIGGERS);
  return triggers.filter(trigger => latest.includes(trigger));
}

/** What a person asks for comes first, then slots, the latest first. */
function rank(trigger: Trigger): number {
  return trigger.source === 'annotation' ? Number.MAX_SAFE_INTEGER : (slotOf(trigger) ?? 0);
}

/** The sources of triggers whose value no party would take. */
export function unusableSources(annotations: Annotations, annotation?: string): readonly string[] {
  return requestedTriggers(annotations, annotation)
    .filter(({ value }) => value.length > MAX_VALUE)
    .map(({ source }) => source);
}
