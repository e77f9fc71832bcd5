import type { KubernetesObject } from '@mpc-operator/runtime/object';
import type { Event } from '@mpc-operator/runtime/resource';
import type { Trouble } from './trouble.ts';

/**
 * What became of the pods of a StatefulSet. A pod that was refused has no status: only these events say why. They come
 * of quotas, limit ranges, Pod Security, webhooks and missing service accounts alike.
 */
const REFUSED = 'FailedCreate';
const MADE = 'SuccessfulCreate';

/** Normal events of a pod that come after all its volumes and its sandbox are there. */
const BEGUN: ReadonlySet<string> = new Set(['Pulling', 'Pulled', 'Created', 'Started']);
/** Warnings that stand in the status of the pod as well, or are about containers that run. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(['FailedScheduling', 'Unhealthy', 'BackOff', 'Failed']);

/** Why a pod of a StatefulSet was not made, in the words of who refused it; undefined if nobody did of late. */
export function refusalOf(statefulSet: KubernetesObject, pod: string, events: readonly Event[]): Trouble | undefined {
  // One StatefulSet may have several pods: only the note says which one an event is about.
  const about = eventsOf(statefulSet, events).filter(({ note }) => note?.includes(`Pod ${pod} `));
  const last = newest(about.filter(({ reason }) => reason === REFUSED || reason === MADE));
  return last?.reason === REFUSED ? troubleOf(last) : undefined;
}

/** Why a pod that has a node does not come so far as to start a container: a volume or its network is missing. */
export function obstacleOf(pod: KubernetesObject, events: readonly Event[]): Trouble | undefined {
  const about = eventsOf(pod, events);
  const begun = newest(about.filter(({ reason = '' }) => BEGUN.has(reason)));
  const last = newest(about.filter(({ type, reason = '' }) => type === 'Warning' && !SHOWN_ELSEWHERE.has(reason)));
  if (last === undefined || (begun !== undefined && timeOf(begun) >= timeOf(last))) return undefined;
  return troubleOf(last);
}

/** Why an image was not pulled. The status of a pod that waits for the next try may have lost the cause. */
export function pullFailureOf(pod: KubernetesObject, events: readonly Event[]): string | undefined {
  const failures = eventsOf(pod, events).filter(({ reason }) => reason === 'Failed');
  return newest(failures.filter(({ note }) => note?.startsWith('Failed to pull image')))?.note;
}

/** Why a claim has no volume. */
export function provisioningFailureOf(claim: KubernetesObject, events: readonly Event[]): Trouble | undefined {
  const last = newest(eventsOf(claim, events).filter(({ type }) => type === 'Warning'));
  return last && troubleOf(last);
}

/** The events about an object, and not about an earlier one of its name. */
function eventsOf({ kind, metadata }: KubernetesObject, events: readonly Event[]): readonly Event[] {
  return events.filter(({ regarding }) => {
    if (regarding?.kind !== kind || regarding.name !== metadata.name) return false;
    return regarding.uid === undefined || metadata.uid === undefined || regarding.uid === metadata.uid;
  });
}

function newest(events: readonly Event[]): Event | undefined {
  return [...events].sort((a, b) => timeOf(b) - timeOf(a))[0];
}

/** The time of an event, in milliseconds. Each of the two libraries that record events has its own field for it. */
function timeOf({ series, deprecatedLastTimestamp, eventTime, metadata }: Event): number {
  const time = series?.lastObservedTime ?? deprecatedLastTimestamp ?? eventTime ?? metadata.creationTimestamp;
  return time === undefined ? 0 : Date.parse(time);
}

function troubleOf({ reason, note }: Event): Trouble {
  const word = reason || 'Warning';
  return { reason: word, message: note || word };
}
