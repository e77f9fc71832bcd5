import type { MpcCluster, MpcClusterStatus } from '@mpc-operator/crds/generated/api';
import { labels, partyPodName } from '@mpc-operator/crds/names';
import type { Pod, StatefulSet } from '@mpc-operator/runtime/resource';
import { isKnown, type PartyView, type PartyViews } from '../../../parties/view.ts';

/** One party as its pod and its own reports show it. */
export interface PartyState {
  readonly id: number;
  readonly zone: string;
  readonly pod: string;
  /** The uid of the pod; undefined if there is no pod. */
  readonly uid?: string;
  readonly node?: string;
  readonly identity?: string;
  /**
   * Whether the party can take part in signing: its pod is ready, its last report is recent, and it says that it is
   * ready.
   */
  readonly ready: boolean;
  /** Whether Kubernetes counts the pod as available. */
  readonly podReady: boolean;
  /** Whether the pod was told to end, and has not ended yet. */
  readonly stopping: boolean;
  /** Whether the last report of the party is recent, and its keys are known. */
  readonly known: boolean;
  /** Whether the pod runs another template than its StatefulSet has now. */
  readonly outdated: boolean;
  /** Why the party is not ready. */
  readonly trouble?: Trouble;
}

export interface Trouble {
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
}

export interface Observed {
  readonly cluster: MpcCluster;
  readonly pods: readonly Pod[];
  readonly statefulSets: readonly StatefulSet[];
  readonly views: PartyViews;
  readonly now: Date;
}

/** Seconds that a pod may take to end beyond its grace period before its node is suspected. */
const TERMINATION_SLACK = 60;

/** All parties of the spec, in order of their ids. */
export function partyStates(observed: Observed): readonly PartyState[] {
  const { cluster, pods, statefulSets, views, now } = observed;
  return [...cluster.spec.parties]
    .sort((a, b) => a.id - b.id)
    .map(({ id, zone }) => {
      const name = partyPodName(cluster.metadata.name, id);
      const pod = pods.find(candidate => candidate.metadata.name === name);
      const view = views.get(id);
      const statefulSet = statefulSets.find(candidate => candidate.metadata.labels?.[labels.party] === String(id));
      const trouble = podTrouble(pod, now) ?? reportTrouble(view) ?? unheard(pod, view);
      const identity = view?.report?.identity ?? lastIdentity(cluster.status, id);
      return {
        id,
        zone,
        pod: name,
        ...(pod?.metadata.uid === undefined ? {} : { uid: pod.metadata.uid }),
        ...(pod?.spec?.nodeName === undefined ? {} : { node: pod.spec.nodeName }),
        ...(identity === undefined ? {} : { identity }),
        ready: trouble === undefined,
        podReady: pod !== undefined && isReady(pod),
        stopping: pod?.metadata.deletionTimestamp !== undefined,
        known: isKnown(view),
        outdated: pod !== undefined && isOutdated(pod, statefulSet),
        ...(trouble === undefined ? {} : { trouble }),
      };
    });
}

/** The identity in the status. A silent party keeps its identity: its peers have pinned it. */
function lastIdentity(status: MpcClusterStatus | undefined, id: number): string | undefined {
  return status?.parties?.find(party => party.id === id)?.identity;
}

function podTrouble(pod: Pod | undefined, now: Date): Trouble | undefined {
  if (pod === undefined) return { reason: 'PodMissing', message: 'there is no pod yet' };
  if (pod.metadata.deletionTimestamp !== undefined) return terminating(pod, pod.metadata.deletionTimestamp, now);
  if (isReady(pod)) return undefined;
  const scheduled = pod.status?.conditions?.find(condition => condition.type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    return { reason: scheduled.reason ?? 'Unschedulable', message: scheduled.message ?? 'the pod cannot be scheduled' };
  }
  const { initContainerStatuses = [], containerStatuses = [] } = pod.status ?? {};
  for (const { name, state } of [...initContainerStatuses, ...containerStatuses]) {
    const reason = state?.waiting?.reason;
    if (reason !== undefined && reason !== 'PodInitializing' && reason !== 'ContainerCreating') {
      return { reason, message: `container ${name}: ${state?.waiting?.message ?? reason}` };
    }
  }
  return undefined;
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

/** The trouble of a party with which nothing else is known to be wrong: it has not been heard of. */
function unheard(pod: Pod | undefined, view: PartyView | undefined): Trouble | undefined {
  if (pod === undefined || !isReady(pod)) return { reason: 'PodNotReady', message: 'the pod is not ready yet' };
  return view?.report === undefined
    ? { reason: 'NotHeardOf', message: 'the pod is ready, but there is no recent report over NATS' }
    : undefined;
}

function reportTrouble(view: PartyView | undefined): Trouble | undefined {
  const report = view?.report;
  if (report === undefined) return undefined;
  if (!report.hsm.healthy) {
    return { reason: 'HsmUnhealthy', message: report.hsm.message ?? 'its HSM does not answer' };
  }
  if (!report.ready) return { reason: 'NotReady', message: report.message ?? 'the party says it is not ready' };
  if (view?.keys === undefined) return { reason: 'KeysUnknown', message: 'its keys are being asked for' };
  return undefined;
}

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
}

/**
 * Whether a pod runs an old template. Only a StatefulSet whose status has caught up with its spec knows its newest
 * revision.
 */
function isOutdated(pod: Pod, statefulSet: StatefulSet | undefined): boolean {
  const { generation } = statefulSet?.metadata ?? {};
  const { observedGeneration, updateRevision } = statefulSet?.status ?? {};
  if (updateRevision === undefined || generation === undefined || (observedGeneration ?? 0) < generation) return false;
  return pod.metadata.labels?.['controller-revision-hash'] !== updateRevision;
}
