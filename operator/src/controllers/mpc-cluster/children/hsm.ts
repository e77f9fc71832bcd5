import { createHash } from 'node:crypto';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { pinSecretName, tokenClaimName } from '@mpc-operator/crds/names';
import { pinFiles } from '@mpc-operator/crds/party-env';
import type { Settings } from '../../../settings.ts';
import { containerSecurityContext, LAST_WORDS } from './pod-security.ts';
import { containerResources } from './quantities.ts';

export const HSM_SOCKET_DIRECTORY = '/run/p11-kit';
const SOCKET = `${HSM_SOCKET_DIRECTORY}/pkcs11.sock`;
/** The address of the socket, in the form that p11-kit's client reads. */
export const HSM_ADDRESS = `unix:path=${SOCKET}`;

const TOKEN_DIRECTORY = '/var/lib/softhsm';
const PINS_DIRECTORY = '/run/secrets/pins';

/** The label of a party's token. PKCS #11 allows 32 bytes, and the name of a cluster has up to 40, so it is hashed. */
export function tokenLabel(cluster: string, id: number): string {
  return `party-${id}-${createHash('sha256').update(cluster).digest('hex').slice(0, 16)}`;
}

/**
 * The HSM of a party: an init container that makes the token once, and a native sidecar that serves the token on a
 * socket and runs from before the party starts until after it ends. Only the init container sees the security officer's
 * PIN.
 */
export function hsmContainers(cluster: MpcCluster, id: number, settings: Settings) {
  const { images, resources } = cluster.spec;
  const label = tokenLabel(cluster.metadata.name, id);
  const common = {
    image: images.hsm ?? settings.images.hsm,
    imagePullPolicy: images.pullPolicy,
    resources: containerResources(resources.hsm),
    securityContext: containerSecurityContext,
    terminationMessagePolicy: LAST_WORDS,
  };
  const mounts = [
    { name: 'token', mountPath: TOKEN_DIRECTORY },
    { name: 'hsm-socket', mountPath: HSM_SOCKET_DIRECTORY },
  ];
  return [
    {
      ...common,
      name: 'hsm-init',
      args: ['init', label, `${PINS_DIRECTORY}/${pinFiles.securityOfficer}`, `${PINS_DIRECTORY}/${pinFiles.user}`],
      volumeMounts: [...mounts, { name: 'pins', mountPath: PINS_DIRECTORY, readOnly: true }],
    },
    {
      ...common,
      name: 'hsm',
      restartPolicy: 'Always',
      args: ['serve', label],
      startupProbe: { exec: { command: ['test', '-S', SOCKET] }, periodSeconds: 1, failureThreshold: 60 },
      volumeMounts: mounts,
    },
  ];
}

export function hsmVolumes(cluster: MpcCluster, id: number) {
  const { name } = cluster.metadata;
  return [
    { name: 'token', persistentVolumeClaim: { claimName: tokenClaimName(name, id) } },
    { name: 'pins', secret: { secretName: pinSecretName(name, id), defaultMode: 0o400 } },
    { name: 'hsm-socket', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
  ];
}
