import type { MpcCluster, MpcClusterStatus } from '@mpc-operator/crds/generated/api';
import { labels, partyPodName } from '@mpc-operator/crds/names';
import type { KubernetesObject } from '@mpc-operator/runtime/object';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '@mpc-operator/runtime/resource';
import { isKnown, type PartyView, type PartyViews } from '../../../parties/view.ts';
import { type Explanations, isReady, notReadyYet, podTrouble } from './pod-trouble.ts';
import type { Trouble } from './trouble.ts';

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

export interface Observed {
  readonly cluster: MpcCluster;
  readonly pods: readonly Pod[];
  readonly statefulSets: readonly StatefulSet[];
  readonly claims: readonly PersistentVolumeClaim[];
  readonly explanations: Explanations;
  /** The zones in which no node is that a party may run on. */
  readonly emptyZones: readonly string[];
  readonly views: PartyViews;
  readonly now: Date;
}

/** All parties of the spec, in order of their ids. */
export function partyStates(observed: Observed): readonly PartyState[] {
  const { cluster, pods, statefulSets, claims, explanations, emptyZones, views, now } = observed;
  return [...cluster.spec.parties]
    .sort((a, b) => a.id - b.id)
    .map(({ id, zone }) => {
      const name = partyPodName(cluster.metadata.name, id);
      const pod = pods.find(candidate => candidate.metadata.name === name);
      const view = views.get(id);
      const isOfParty = ({ metadata }: KubernetesObject) => metadata.labels?.[labels.party] === String(id);
      const statefulSet = statefulSets.find(isOfParty);
      const facts = { name, pod, statefulSet, claims: claims.filter(isOfParty), explanations, now };
      const known = podTrouble(facts) ?? reportTrouble(view) ?? unheard(pod, view);
      const isHomeless = pod?.spec?.nodeName === undefined && emptyZones.includes(zone);
      const trouble = isHomeless ? withZone(known, zone) : known;
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

/** The scheduler counts the nodes of other zones, and does not say that the zone itself is at fault. */
function withZone(trouble: Trouble | undefined, zone: string): Trouble | undefined {
  return trouble && { ...trouble, message: `no node for a party is in zone ${zone}; ${trouble.message}` };
}

/** The trouble of a party with which nothing else is known to be wrong: it has not been heard of. */
function unheard(pod: Pod | undefined, view: PartyView | undefined): Trouble | undefined {
  if (pod !== undefined && !isReady(pod)) return notReadyYet(pod);
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
