import { labels } from '@mpc-operator/crds/names';
import { controllerOf, type KubernetesObject } from '@mpc-operator/runtime/object';

/** The labels by which a child is known. What is kept has no owner, and so nothing but these. */
const IDENTITY: readonly string[] = [labels.cluster, labels.party, 'app.kubernetes.io/managed-by'];

/** An object that is not ours and has a name that is needed. */
export interface Obstacle {
  /** Its kind and name. */
  readonly object: string;
  /** What shows that it is not ours, and the remedy. */
  readonly why: string;
  /** Whether the garbage collector is about to delete the object. */
  readonly isGoing: boolean;
}

/** Objects that are not ours have names that are needed. Nothing of them is used, overwritten or deleted. */
export class NameTaken extends Error {
  override readonly name = 'NameTaken';
  /** Whether all names become free by themselves. */
  readonly passes: boolean;

  constructor(obstacles: readonly Obstacle[]) {
    const [first, ...more] = obstacles;
    const others = [...new Set(more.map(({ object }) => object))].join(', ');
    super(`${first?.object} ${first?.why}${others === '' ? '' : `. It is the same with ${others}`}`);
    this.passes = obstacles.every(({ isGoing }) => isGoing);
  }
}

/**
 * Returns why an object under the name of a child is in the way; undefined if it is the child. A name proves nothing. A
 * child has the labels that the wish has, and the same controller, down to the uid; what outlives its cluster has no
 * controller.
 */
export function inTheWay(wish: KubernetesObject, found: KubernetesObject): Obstacle | undefined {
  const [owner, actual] = [controllerOf(wish), controllerOf(found)];
  const object = `${wish.kind} ${wish.metadata.name}`;
  if (owner !== undefined && actual?.kind === owner.kind && actual.name === owner.name && actual.uid !== owner.uid) {
    const why = `is of an earlier ${owner.kind} ${owner.name}: it goes with that one, then another is made`;
    return { object, why, isGoing: true };
  }
  const missing = missingLabels(wish, found);
  if (actual?.uid === owner?.uid && missing === '') return undefined;
  const wanted = owner === undefined ? 'an owner that it should not have' : `not the owner ${owner.kind} ${owner.name}`;
  const reasons = [
    ...(missing === '' ? [] : [`lacks the labels ${missing}`]),
    ...(actual?.uid === owner?.uid ? [] : [`has ${wanted}${actual ? ` (but ${actual.kind} ${actual.name})` : ''}`]),
  ];
  const mend = actual?.uid === owner?.uid ? 'give it these labels if it is of this cluster, else ' : '';
  const remedy = `${mend}delete it, or make it under another name, or name the MpcCluster otherwise`;
  return { object, why: `is in the way: it ${reasons.join(' and ')}; ${remedy}`, isGoing: false };
}

function missingLabels(wish: KubernetesObject, found: KubernetesObject): string {
  return Object.entries(wish.metadata.labels ?? {})
    .filter(([label, value]) => IDENTITY.includes(label) && found.metadata.labels?.[label] !== value)
    .map(([label, value]) => `${label}=${value}`)
    .join(', ');
}
