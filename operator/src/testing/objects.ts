/** Objects as the API server would hand them out, with the defaults of their schemas. */
import type { KeyShareSet, MpcCluster, RotationPolicy, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import type { Settings } from '../settings.ts';

export const CREATED = '2026-11-01T00:00:00Z';

export const settings: Settings = {
  namespace: 'mpc-system',
  images: { party: 'example.test/party:1', hsm: 'example.test/softhsm:1', nats: 'example.test/nats:1' },
  apiServer: { cidrs: [], ports: [443, 6443] },
};

export function mpcCluster(
  spec: Partial<MpcCluster['spec']> = {},
  metadata: Partial<MpcCluster['metadata']> = {},
): MpcCluster {
  return {
    apiVersion: API_VERSION,
    kind: 'MpcCluster',
    metadata: {
      name: 'demo',
      namespace: 'ns',
      uid: 'cluster-uid',
      generation: 1,
      creationTimestamp: CREATED,
      ...metadata,
    },
    spec: {
      parties: [
        { id: 1, zone: 'a' },
        { id: 2, zone: 'b' },
        { id: 3, zone: 'c' },
      ],
      deletionPolicy: 'Retain',
      storage: { store: '1Gi', token: '64Mi' },
      images: { pullPolicy: 'IfNotPresent' },
      resources: { party: {}, hsm: {}, nats: {} },
      securityLevel: 128,
      logLevel: 'info',
      ...spec,
    },
  };
}

export function keyShareSet(
  spec: Partial<KeyShareSet['spec']> = {},
  metadata: Partial<KeyShareSet['metadata']> = {},
): KeyShareSet {
  return {
    apiVersion: API_VERSION,
    kind: 'KeyShareSet',
    metadata: {
      name: 'treasury',
      namespace: 'ns',
      uid: 'key-uid',
      generation: 1,
      creationTimestamp: CREATED,
      ...metadata,
    },
    spec: {
      clusterRef: { name: 'demo' },
      curve: 'ed25519',
      purpose: 'eddsa',
      protocol: 'frost',
      threshold: 2,
      parties: [1, 2, 3],
      allowPrehashed: false,
      presignatures: { target: 4, lowWater: 2 },
      deletionPolicy: 'Retain',
      ...spec,
    },
  };
}

export function signRequest(
  spec: Partial<SignRequest['spec']> = {},
  metadata: Partial<SignRequest['metadata']> = {},
  status?: SignRequest['status'],
): SignRequest {
  return {
    apiVersion: API_VERSION,
    kind: 'SignRequest',
    metadata: {
      name: 'pay',
      namespace: 'ns',
      uid: 'request-uid',
      resourceVersion: '7',
      creationTimestamp: CREATED,
      ...metadata,
    },
    spec: {
      keyRef: { name: 'treasury' },
      message: 'aGVsbG8=',
      deadlineSeconds: 60,
      ttlSecondsAfterFinished: 86_400,
      ...spec,
    },
    ...(status === undefined ? {} : { status }),
  };
}

export function rotationPolicy(
  spec: Partial<RotationPolicy['spec']> = {},
  metadata: Partial<RotationPolicy['metadata']> = {},
  status?: RotationPolicy['status'],
): RotationPolicy {
  return {
    apiVersion: API_VERSION,
    kind: 'RotationPolicy',
    metadata: {
      name: 'nightly',
      namespace: 'ns',
      uid: 'policy-uid',
      generation: 1,
      creationTimestamp: CREATED,
      ...metadata,
    },
    spec: { schedule: '@hourly', timeZone: 'Etc/UTC', suspend: false, keys: { names: ['treasury'] }, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}
