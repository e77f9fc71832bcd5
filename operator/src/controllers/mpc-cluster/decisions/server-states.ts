import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { natsName } from '@mpc-operator/crds/names';
import type { Pod, StatefulSet } from '@mpc-operator/runtime/resource';
import { type Explanations, isReady, notReadyYet, podTrouble } from './pod-trouble.ts';
import type { Trouble } from './trouble.ts';

/** One NATS server as its pod shows it. */
export interface ServerState {
  readonly pod: string;
  /** Why the server is not ready; undefined if it is. */
  readonly trouble?: Trouble;
}

/** The servers of a cluster, in order. */
export function serverStates(
  { metadata }: MpcCluster,
  wanted: number,
  observed: {
    readonly pods: readonly Pod[];
    readonly statefulSets: readonly StatefulSet[];
    readonly explanations: Explanations;
    readonly now: Date;
  },
): readonly ServerState[] {
  const { pods, statefulSets, explanations, now } = observed;
  const statefulSet = statefulSets.find(candidate => candidate.metadata.name === natsName(metadata.name));
  return serverPodNames(metadata.name, wanted).map(name => {
    const pod = pods.find(candidate => candidate.metadata.name === name);
    // A server has no volume of its own: it keeps nothing.
    const trouble = podTrouble({ name, pod, statefulSet, claims: [], explanations, now });
    if (trouble !== undefined) return { pod: name, trouble };
    return pod === undefined || isReady(pod) ? { pod: name } : { pod: name, trouble: notReadyYet(pod) };
  });
}

export function serverPodNames(cluster: string, wanted: number): readonly string[] {
  return Array.from({ length: wanted }, (_, i) => `${natsName(cluster)}-${i}`);
}
