import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { natsName, natsTlsSecretName } from '@mpc-operator/crds/names';
import type { PodDisruptionBudget, Service, StatefulSet } from '@mpc-operator/runtime/resource';
import type { Settings } from '../../../settings.ts';
import { ownedMetadata, selector, zonesOf } from './metadata.ts';
import { CLIENT_PORT, MONITORING_PORT, NAME_VARIABLE, NATS_DIRECTORY, ROUTE_PORT } from './nats-config.ts';
import { placementOf, spreadOf, ZONE } from './placement.ts';
import { containerSecurityContext, LAST_WORDS, podSecurityContext } from './pod-security.ts';
import { containerResources } from './quantities.ts';

/**
 * The headless Service of the servers: clients and servers find each other by DNS, without kube-proxy between them.
 * Servers must find each other before they are ready, so all addresses are published; a client tries one after the
 * other.
 */
export function natsService(cluster: MpcCluster): Service {
  const name = natsName(cluster.metadata.name);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ownedMetadata(cluster, { name, component: 'nats' }),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: selector(cluster, { component: 'nats' }),
      ports: [
        { name: 'client', port: CLIENT_PORT, targetPort: 'client' },
        { name: 'route', port: ROUTE_PORT, targetPort: 'route' },
      ],
    },
  };
}

/** The servers: one in each zone that has a party. */
export function natsStatefulSet(cluster: MpcCluster, settings: Settings): StatefulSet {
  const name = natsName(cluster.metadata.name);
  const metadata = ownedMetadata(cluster, { name, component: 'nats' });
  const matchLabels = selector(cluster, { component: 'nats' });
  const zones = zonesOf(cluster);
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      replicas: zones.length,
      serviceName: name,
      podManagementPolicy: 'Parallel',
      // After the restart of a server its clients come back before the next server goes.
      minReadySeconds: 10,
      selector: { matchLabels },
      template: {
        metadata: { labels: { ...metadata.labels } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurityContext,
          terminationGracePeriodSeconds: 30,
          ...placementOf(cluster, 'nats'),
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: zones }] }],
              },
            },
          },
          topologySpreadConstraints: [
            {
              topologyKey: ZONE,
              maxSkew: 1,
              // A zone that is away does not count as full: the server of that zone waits for it.
              minDomains: zones.length,
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector: { matchLabels },
            },
            ...spreadOf(cluster, 'nats'),
          ],
          containers: [container(cluster, settings)],
          volumes: [
            { name: 'config', secret: { secretName: natsTlsSecretName(cluster.metadata.name), defaultMode: 0o440 } },
          ],
        },
      },
    },
  };
}

function container({ spec }: MpcCluster, settings: Settings) {
  return {
    name: 'nats',
    image: spec.images.nats ?? settings.images.nats,
    imagePullPolicy: spec.images.pullPolicy,
    args: ['--config', `${NATS_DIRECTORY}/nats.conf`],
    env: [{ name: NAME_VARIABLE, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
    ports: [
      { name: 'client', containerPort: CLIENT_PORT },
      { name: 'route', containerPort: ROUTE_PORT },
    ],
    readinessProbe: { ...probe, periodSeconds: 5 },
    livenessProbe: { ...probe, periodSeconds: 30, failureThreshold: 3 },
    resources: containerResources(spec.resources.nats),
    securityContext: containerSecurityContext,
    terminationMessagePolicy: LAST_WORDS,
    volumeMounts: [{ name: 'config', mountPath: NATS_DIRECTORY, readOnly: true }],
  };
}

/**
 * A probe from inside the pod: monitoring listens there only, and every probe of a TLS port would be an error in the
 * log.
 */
const probe = {
  exec: {
    command: [
      'bash',
      '-c',
      `exec 3<>/dev/tcp/127.0.0.1/${MONITORING_PORT} && ` +
        `printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '"ok"' <&3`,
    ],
  },
  timeoutSeconds: 5,
} as const;

/** The budget of the servers: drains take one server at a time. */
export function natsBudget(cluster: MpcCluster): PodDisruptionBudget {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: ownedMetadata(cluster, { name: natsName(cluster.metadata.name), component: 'nats' }),
    spec: { maxUnavailable: 1, selector: { matchLabels: selector(cluster, { component: 'nats' }) } },
  };
}
