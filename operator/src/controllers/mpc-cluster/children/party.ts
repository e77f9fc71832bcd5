import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { natsUrl, partyName, partyTlsSecretName, pinSecretName, storeClaimName } from '@mpc-operator/crds/names';
import { partyEnv, pinFiles, tlsFiles } from '@mpc-operator/crds/party-env';
import type { Service, StatefulSet } from '@mpc-operator/runtime/resource';
import type { Settings } from '../../../settings.ts';
import { HSM_ADDRESS, HSM_SOCKET_DIRECTORY, hsmContainers, hsmVolumes, tokenLabel } from './hsm.ts';
import { ownedMetadata, selector } from './metadata.ts';
import { placementOf, spreadOf, ZONE } from './placement.ts';
import { containerSecurityContext, LAST_WORDS, podSecurityContext } from './pod-security.ts';
import { containerResources } from './quantities.ts';

/** Port of a party's /healthz, /readyz and /metrics. */
export const PARTY_HTTP_PORT = 8080;

/**
 * Seconds from SIGTERM to SIGKILL. A party that is told to stop takes no new sessions and ends those that run; a keygen
 * or a refresh takes longest. The HSM sidecar of the party stops after it.
 */
const GRACE_PERIOD = 120;

const TLS_DIRECTORY = '/run/secrets/tls';
const PIN_DIRECTORY = '/run/secrets/pin';
const STORE_DIRECTORY = '/var/lib/mpc';
const API_ACCESS_DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount';

const partyServiceName = (cluster: string): string => `${cluster}-party`;

/** The headless Service of the parties: it gives the pods their names, and lets metrics find them. */
export function partyService(cluster: MpcCluster): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: ownedMetadata(cluster, { name: partyServiceName(cluster.metadata.name), component: 'party' }),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: selector(cluster, { component: 'party' }),
      ports: [{ name: 'http', port: PARTY_HTTP_PORT, targetPort: 'http' }],
    },
  };
}

/**
 * The StatefulSet of one party, with one replica. It never restarts its pod by itself: the reconciler says which party
 * goes down, and when.
 */
export function partyStatefulSet(
  cluster: MpcCluster,
  party: { id: number; zone: string },
  settings: Settings,
): StatefulSet {
  const { id, zone } = party;
  const name = partyName(cluster.metadata.name, id);
  const metadata = ownedMetadata(cluster, { name, component: 'party', party: id });
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: {
      replicas: 1,
      serviceName: partyServiceName(cluster.metadata.name),
      updateStrategy: { type: 'OnDelete' },
      selector: { matchLabels: selector(cluster, { component: 'party', party: id }) },
      template: {
        metadata: { labels: { ...metadata.labels } },
        spec: {
          serviceAccountName: name,
          // Only the party gets the token, by the volume `api-access`: neither the sidecar nor the init container has
          // one.
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurityContext,
          terminationGracePeriodSeconds: GRACE_PERIOD,
          ...placementOf(cluster, 'party'),
          affinity: affinity(cluster, zone),
          topologySpreadConstraints: spreadOf(cluster, 'party'),
          initContainers: hsmContainers(cluster, id, settings),
          containers: [container(cluster, id, settings)],
          volumes: [...hsmVolumes(cluster, id), ...volumes(cluster, id)],
        },
      },
    },
  };
}

/**
 * The party runs in its zone, and never on one node with another party: then the owner of a node owns one share only.
 */
function affinity(cluster: MpcCluster, zone: string) {
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [zone] }] }],
      },
    },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        {
          topologyKey: 'kubernetes.io/hostname',
          labelSelector: { matchLabels: selector(cluster, { component: 'party' }) },
        },
      ],
    },
  };
}

function container(cluster: MpcCluster, id: number, settings: Settings) {
  const { spec } = cluster;
  const get = (path: string) => ({ httpGet: { path, port: 'http' }, timeoutSeconds: 3 });
  return {
    name: 'party',
    image: spec.images.party ?? settings.images.party,
    imagePullPolicy: spec.images.pullPolicy,
    env: environment(cluster, id),
    ports: [{ name: 'http', containerPort: PARTY_HTTP_PORT }],
    startupProbe: { ...get('/healthz'), periodSeconds: 1, failureThreshold: 120 },
    livenessProbe: { ...get('/healthz'), periodSeconds: 10, failureThreshold: 6 },
    readinessProbe: { ...get('/readyz'), periodSeconds: 2, failureThreshold: 2 },
    resources: containerResources(spec.resources.party),
    securityContext: containerSecurityContext,
    terminationMessagePolicy: LAST_WORDS,
    volumeMounts: [
      { name: 'store', mountPath: STORE_DIRECTORY },
      { name: 'hsm-socket', mountPath: HSM_SOCKET_DIRECTORY },
      { name: 'tls', mountPath: TLS_DIRECTORY, readOnly: true },
      { name: 'user-pin', mountPath: PIN_DIRECTORY, readOnly: true },
      { name: 'api-access', mountPath: API_ACCESS_DIRECTORY, readOnly: true },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
}

function environment(cluster: MpcCluster, id: number) {
  const { name, namespace = '' } = cluster.metadata;
  return [
    { name: partyEnv.namespace, valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ...Object.entries({
      [partyEnv.cluster]: name,
      [partyEnv.party]: String(id),
      [partyEnv.natsUrl]: natsUrl(namespace, name),
      [partyEnv.tlsDirectory]: TLS_DIRECTORY,
      [partyEnv.tokenLabel]: tokenLabel(name, id),
      [partyEnv.pinFile]: `${PIN_DIRECTORY}/${pinFiles.user}`,
      [partyEnv.hsmAddress]: HSM_ADDRESS,
      [partyEnv.storeDirectory]: STORE_DIRECTORY,
      [partyEnv.httpPort]: String(PARTY_HTTP_PORT),
      [partyEnv.logLevel]: cluster.spec.logLevel,
      [partyEnv.securityLevel]: String(cluster.spec.securityLevel),
      // p11-kit and Node look for a home; the root file system is read-only.
      HOME: '/tmp',
    }).map(([variable, value]) => ({ name: variable, value })),
  ];
}

function volumes(cluster: MpcCluster, id: number) {
  const { name } = cluster.metadata;
  return [
    { name: 'store', persistentVolumeClaim: { claimName: storeClaimName(name, id) } },
    {
      name: 'tls',
      secret: {
        secretName: partyTlsSecretName(name, id),
        defaultMode: 0o400,
        items: Object.values(tlsFiles).map(key => ({ key, path: key })),
      },
    },
    {
      name: 'user-pin',
      secret: {
        secretName: pinSecretName(name, id),
        defaultMode: 0o400,
        items: [{ key: pinFiles.user, path: pinFiles.user }],
      },
    },
    {
      // This is what automountServiceAccountToken would mount into all containers.
      name: 'api-access',
      projected: {
        defaultMode: 0o444,
        sources: [
          { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
          { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
        ],
      },
    },
    { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
  ];
}
