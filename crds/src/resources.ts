/** The descriptors of our kinds: where their objects live in the API. */
import { defineResource } from '@mpc-operator/runtime/resource';
import type { KeyShareSet, MpcCluster, RotationPolicy, SignRequest } from './generated/api.ts';
import { API_VERSION } from './group.ts';

export const mpcClusters = defineResource<MpcCluster>({
  apiVersion: API_VERSION,
  kind: 'MpcCluster',
  plural: 'mpcclusters',
  namespaced: true,
});
export const keyShareSets = defineResource<KeyShareSet>({
  apiVersion: API_VERSION,
  kind: 'KeyShareSet',
  plural: 'keysharesets',
  namespaced: true,
});
export const signRequests = defineResource<SignRequest>({
  apiVersion: API_VERSION,
  kind: 'SignRequest',
  plural: 'signrequests',
  namespaced: true,
});
export const rotationPolicies = defineResource<RotationPolicy>({
  apiVersion: API_VERSION,
  kind: 'RotationPolicy',
  plural: 'rotationpolicies',
  namespaced: true,
});
