import type { Event, PersistentVolumeClaim, Pod, StatefulSet } from '@mpc-operator/runtime/resource';
import { type ContainerStatus, containersOf, hasFailed, lastWords } from './last-words.ts';
import { obstacleOf, provisioningFailureOf, pullFailureOf, refusalOf } from './told-by-events.ts';
import type { Trouble } from './trouble.ts';

/** The events that explain what caches do not show, as far as they could be read. */
export interface Explanations {
  readonly events: readonly Event[];
  /** Why events could not be read. */
  readonly unreadable?: string;
}

export interface PodFacts {
  /** The name of the pod, whether it exists or not. */
  readonly name: string;
  readonly pod: Pod | undefined;
  readonly statefulSet: StatefulSet | undefined;
  /** The claims of the pod, as far as they exist. */
  readonly claims: readonly PersistentVolumeClaim[];
  readonly explanations: Explanations;
  readonly now: Date;
}

/** The kinds whose events explain why a pod is not there or does not start. */
export type Explained = 'StatefulSet' | 'Pod' | 'PersistentVolumeClaim';

/** Seconds that a pod may take to end beyond its grace period before its node is suspected. */
const TERMINATION_SLACK = 60;

/** Containers wait with these words also when nothing is wrong. */
const STARTING: ReadonlySet<string> = new Set(['PodInitializing', 'ContainerCreating']);
const PULLING: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff']);

/**
 * Why a pod was not made, does not start or does not end, in the words of who keeps it back: admission, scheduler,
 * kubelet, or the container itself. Undefined if nothing is known to keep it back.
 */
export function podTrouble(facts: PodFacts): Trouble | undefined {
  const { pod, now, claims, explanations } = facts;
  if (pod === undefined) return notMade(facts);
  if (pod.metadata.deletionTimestamp !== undefined) return terminating(pod, pod.metadata.deletionTimestamp, now);
  if (isReady(pod)) return undefined;
  const { phase, reason, message } = pod.status ?? {};
  if (phase === 'Failed') return { reason: reason ?? 'PodFailed', message: message ?? 'the pod has failed' };
  return notScheduled(pod, claims, explanations) ?? notStarted(pod, explanations);
}

/** What is said of a pod that runs and is not ready, with which nothing else is known to be wrong. */
export function notReadyYet(pod: Pod): Trouble {
  const [before] = containersOf(pod).filter(hasFailed).map(lastWords);
  const message = 'the pod is not ready yet';
  return { reason: 'PodNotReady', message: before === undefined ? message : `${message}; before, ${before}` };
}

/** The kinds whose events may explain more of a pod than caches do. */
export function explainedBy({ pod, claims }: Pick<PodFacts, 'pod' | 'claims'>): readonly Explained[] {
  if (pod === undefined) return ['StatefulSet'];
  if (pod.metadata.deletionTimestamp !== undefined || isReady(pod)) return [];
  if (!isScheduled(pod)) return claims.every(isBound) ? [] : ['PersistentVolumeClaim'];
  const containers = containersOf(pod);
  const isPulling = containers.some(({ state }) => PULLING.has(state?.waiting?.reason ?? ''));
  return isPulling || !containers.some(isRunning) ? ['Pod'] : [];
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}

function notMade({ name, statefulSet, explanations: { events, unreadable } }: PodFacts): Trouble {
  const reason = 'PodMissing';
  if (statefulSet === undefined) {
    return { reason, message: 'there is no pod yet, nor its StatefulSet: the condition Progressing says why' };
  }
  const refusal = refusalOf(statefulSet, name, events);
  if (refusal !== undefined) return refusal;
  const unknown = unreadable === undefined ? '' : `; why is not known, for events cannot be read: ${unreadable}`;
  return { reason, message: `there is no pod yet${unknown}` };
}

/**
 * A pod that does not end is on a node that does not answer. The operator must not guess that the process of the pod is
 * gone: two processes would share a store.
 */
function terminating(pod: Pod, since: string, now: Date): Trouble {
  // deletionTimestamp is the time at which the grace period ends.
  if (now.getTime() < Date.parse(since) + TERMINATION_SLACK * 1000) {
    return { reason: 'Terminating', message: 'the pod is being stopped' };
  }
  const node = pod.spec?.nodeName ?? '';
  const remedy =
    `if node ${node} is gone for good, taint it: ` +
    `kubectl taint node ${node} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`;
  return { reason: 'NodeLost', message: `the pod does not end; ${remedy}` };
}

function notScheduled(
  pod: Pod,
  claims: readonly PersistentVolumeClaim[],
  { events }: Explanations,
): Trouble | undefined {
  if (isScheduled(pod)) return undefined;
  const { reason, message } = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled') ?? {};
  const unbound = claims.filter(claim => !isBound(claim)).flatMap(claim => withoutVolume(claim, events) ?? []);
  return {
    reason: reason ?? 'Unschedulable',
    message: [message ?? 'the pod cannot be scheduled', ...unbound].join('; '),
  };
}

function withoutVolume(claim: PersistentVolumeClaim, events: readonly Event[]): string | undefined {
  const { name } = claim.metadata;
  if (claim.status?.phase === 'Lost') return `claim ${name} is Lost: the volume that it was bound to is gone`;
  const failure = provisioningFailureOf(claim, events);
  return failure && `claim ${name}: ${failure.reason} (${failure.message})`;
}

function notStarted(pod: Pod, { events }: Explanations): Trouble | undefined {
  const containers = containersOf(pod);
  const obstacle = containers.some(isRunning) ? undefined : obstacleOf(pod, events);
  if (obstacle !== undefined) return obstacle;
  const [trouble] = containers.flatMap(container => containerTrouble(container, pullFailureOf(pod, events)) ?? []);
  return trouble;
}

/** Why a container does not run. A container that waits for others, or is being made, has no trouble. */
function containerTrouble(container: ContainerStatus, pullFailure: string | undefined): Trouble | undefined {
  const { name, state } = container;
  const words = lastWords(container);
  if (state?.terminated !== undefined && hasFailed(container)) {
    return { reason: 'ContainerFailed', message: words ?? `container ${name} has failed` };
  }
  const reason = state?.waiting?.reason;
  if (reason === undefined || STARTING.has(reason)) return undefined;
  if (reason === 'CrashLoopBackOff' && words !== undefined) return { reason, message: words };
  const cause = PULLING.has(reason) ? pullFailure : undefined;
  return { reason, message: `container ${name}: ${cause ?? state?.waiting?.message ?? reason}` };
}

function isRunning({ state }: ContainerStatus): boolean {
  return state?.running !== undefined;
}

/** Whether the scheduler has not refused the pod. */
function isScheduled(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'PodScheduled' && status === 'False') !== true;
}

function isBound(claim: PersistentVolumeClaim): boolean {
  return claim.status?.phase === 'Bound';
}
