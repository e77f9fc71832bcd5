/** One pod of an MpcCluster as Kubernetes shows it, and what is said of the pod. */
import { partyPodName } from '@mpc-operator/crds/names';
import type { Event, PersistentVolumeClaim, Pod, StatefulSet } from '@mpc-operator/runtime/resource';
import { partyStates } from '../controllers/mpc-cluster/decisions/party-states.ts';
import type { Explanations } from '../controllers/mpc-cluster/decisions/pod-trouble.ts';
import { serverStates } from '../controllers/mpc-cluster/decisions/server-states.ts';
import type { Trouble } from '../controllers/mpc-cluster/decisions/trouble.ts';
import { mpcCluster } from './objects.ts';

export const now = new Date('2026-11-21T12:00:00Z');
export const party = { pod: partyPodName('demo', 1), statefulSet: 'demo-party-1' };
export const server = { pod: 'demo-nats-1', statefulSet: 'demo-nats' };
export type Names = typeof party;

/** What Kubernetes shows of one pod. Messages are those of Kubernetes 1.34, with the names of the pod in them. */
export interface Shown {
  readonly status?: Pod['status'];
  readonly events?: readonly Event[];
  readonly claims?: readonly PersistentVolumeClaim[];
}

export function partyTrouble(shown: Shown, emptyZones: readonly string[] = []): Trouble | undefined {
  const [state] = partyStates({
    cluster: mpcCluster(),
    ...observed(party, shown),
    claims: shown.claims ?? [],
    emptyZones,
    views: new Map(),
    now,
  });
  return state?.trouble;
}

export function serverTrouble(shown: Shown): Trouble | undefined {
  return serverStates(mpcCluster(), 3, { ...observed(server, shown), now })[1]?.trouble;
}

export function observed({ pod: name, statefulSet }: Names, { status, events = [] }: Shown) {
  const labels = { 'mpc.keyshare.dev/party': '1' };
  const sets: StatefulSet[] = [
    { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: statefulSet, namespace: 'ns', uid: 's', labels } },
  ];
  const pods: Pod[] =
    status === undefined
      ? []
      : [{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'ns', uid: 'p', labels }, status }];
  const explanations: Explanations = { events };
  return { pods, statefulSets: sets, explanations };
}

/** An event of the recorder that controllers and kubelet use. */
export function event(
  about: { kind: string; name: string; uid: string },
  reason: string,
  note: string,
  at = '11:59:00',
): Event {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${about.name}.${reason}.${at}`, namespace: 'ns', creationTimestamp: '2026-11-21T11:00:00Z' },
    eventTime: '2026-11-21T11:00:00Z',
    regarding: about,
    type: /^(Failed|Provisioning)/.test(reason) ? 'Warning' : 'Normal',
    reason,
    note,
    deprecatedLastTimestamp: `2026-11-21T${at}Z`,
  };
}

export const ofSet = ({ statefulSet }: Names) => ({ kind: 'StatefulSet', name: statefulSet, uid: 's' });
export const ofPod = ({ pod }: Names) => ({ kind: 'Pod', name: pod, uid: 'p' });
export const refused = (names: Names, why: string, at?: string) =>
  event(
    ofSet(names),
    'FailedCreate',
    `create Pod ${names.pod} in StatefulSet ${names.statefulSet} failed error: ${why}`,
    at,
  );

export const waiting = (reason: string, message?: string) => ({
  name: 'main',
  image: '',
  imageID: '',
  ready: false,
  restartCount: 0,
  state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
});
export const creating: Pod['status'] = {
  phase: 'Pending',
  conditions: [{ type: 'PodScheduled', status: 'True' }],
  containerStatuses: [waiting('ContainerCreating')],
};
