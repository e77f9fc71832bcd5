import { PAUSED_ANNOTATION } from '@mpc-operator/crds/annotations';
import type { KubernetesObject } from '@mpc-operator/runtime/object';

/** Whether the operator is to watch and report only. */
export function isPaused(object: KubernetesObject): boolean {
  return object.metadata.annotations?.[PAUSED_ANNOTATION] === 'true';
}
