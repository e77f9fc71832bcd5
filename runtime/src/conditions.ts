import { timestamp } from './wire-time.ts';

/** `metav1.Condition`. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly observedGeneration?: number;
  /** RFC 3339, without fractions of a second. */
  readonly lastTransitionTime: string;
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
}

/** An observation, before it has a time. */
export type Observation = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/**
 * Returns the conditions with this observation in the place of the condition of its type, or behind all others.
 * `lastTransitionTime` moves only if `status` is another than before. `generation` is the `metadata.generation`
 * observed.
 */
export function setCondition(
  conditions: readonly Condition[] | undefined,
  observation: Observation,
  generation: number | undefined,
  now: Date,
): readonly Condition[] {
  const before = findCondition(conditions, observation.type);
  const condition: Condition = {
    ...observation,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: before?.status === observation.status ? before.lastTransitionTime : timestamp(now),
  };
  if (before === undefined) return [...(conditions ?? []), condition];
  return (conditions ?? []).map(other => (other.type === observation.type ? condition : other));
}

/** Applies `setCondition` for each observation, in order. */
export function setConditions(
  conditions: readonly Condition[] | undefined,
  observations: readonly Observation[],
  generation: number | undefined,
  now: Date,
): readonly Condition[] {
  return observations.reduce<readonly Condition[]>(
    (all, observation) => setCondition(all, observation, generation, now),
    conditions ?? [],
  );
}

export function removeCondition(conditions: readonly Condition[] | undefined, type: string): readonly Condition[] {
  return (conditions ?? []).filter(condition => condition.type !== type);
}

export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find(condition => condition.type === type);
}

export function isTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

export function isFalse(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'False';
}
