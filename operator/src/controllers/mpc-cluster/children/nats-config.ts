import { createHash } from 'node:crypto';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { natsName, peerUri } from '@mpc-operator/crds/names';
import { tlsFiles } from '@mpc-operator/crds/party-env';
import { operatorPermissions, type Permissions, partyPermissions } from '@mpc-operator/crds/subjects';
import { partyIds, zonesOf } from './metadata.ts';

export const CLIENT_PORT = 4222;
export const ROUTE_PORT = 6222;
/**
 * The port of monitoring, for probes. It has neither authentication nor TLS, so it is on the loopback interface only.
 */
export const MONITORING_PORT = 8222;
/** The directory where the Secret with configuration and certificates is mounted. */
export const NATS_DIRECTORY = '/etc/nats';
/** The largest message, in bytes: the default of NATS. A round of a refresh among 16 parties takes some kilobytes. */
const MAX_PAYLOAD = 1024 * 1024;
/** The environment variable with the name of a server. */
export const NAME_VARIABLE = 'POD_NAME';
const REVISION_TAG = 'revision:';

/**
 * The configuration of the NATS servers of a cluster, in the JSON that nats-server reads: core NATS without JetStream,
 * monitoring for its own pod only, mutual TLS everywhere. The URI of a client's certificate maps the client to a user
 * that may use its own subjects only.
 * @param certificates the servers' own certificate and those of the authorities that they trust: another certificate
 * makes another revision
 */
export function natsConfig(
  cluster: MpcCluster,
  ...certificates: readonly string[]
): { readonly text: string; readonly revision: string } {
  const content = configuration(cluster);
  const revision = createHash('sha256')
    .update(JSON.stringify([content, ...certificates]))
    .digest('hex')
    .slice(0, 16);
  // A running server shows its tags, which tell which revision it has loaded.
  const json = JSON.stringify({ ...content, server_tags: [`${REVISION_TAG}${revision}`] }, undefined, 2);
  // The name of the server comes from the environment, since all servers have one file; an option of the command line
  // would be lost in a reload.
  const text = `server_name: $${NAME_VARIABLE}\n${json.slice(2, -2)}\n`;
  return { text, revision };
}

/** Returns the revision that the tags of a running server name. */
export function revisionOf(tags: readonly string[]): string | undefined {
  return tags.find(tag => tag.startsWith(REVISION_TAG))?.slice(REVISION_TAG.length);
}

function configuration(cluster: MpcCluster): object {
  const { name, namespace = '' } = cluster.metadata;
  const service = natsName(name);
  const user = (peer: Parameters<typeof peerUri>[2], permissions: Permissions) => ({
    user: peerUri(namespace, name, peer),
    permissions: toNats(permissions),
  });
  return {
    port: CLIENT_PORT,
    http: `127.0.0.1:${MONITORING_PORT}`,
    max_payload: MAX_PAYLOAD,
    ping_interval: '10s',
    ping_max: 2,
    tls: tls(),
    cluster: {
      name: service,
      port: ROUTE_PORT,
      // Clients find the servers by the Service: the addresses of pods are in no certificate.
      no_advertise: true,
      tls: tls(),
      // Only a holder of the servers' own certificate may be a route: no permissions bind a route.
      authorization: { user: peerUri(namespace, name, 'nats') },
      routes: zonesOf(cluster).map((_, i) => `tls://${service}-${i}.${service}.${namespace}.svc:${ROUTE_PORT}`),
    },
    system_account: 'SYS',
    accounts: {
      SYS: { users: [user('system', systemPermissions)] },
      MPC: {
        users: [
          user('operator', operatorPermissions),
          ...partyIds(cluster).map(id => user({ party: id }, partyPermissions(id))),
        ],
      },
    },
  };
}

/**
 * The permissions that the operator needs to see which configuration the servers have loaded, and to make them reload.
 */
const systemPermissions: Permissions = {
  publish: ['$SYS.REQ.SERVER.PING.VARZ', '$SYS.REQ.SERVER.*.RELOAD'],
  subscribe: ['_INBOX.>'],
};

function toNats({ publish, subscribe }: Permissions): object {
  return { publish: { allow: publish }, subscribe: { allow: subscribe } };
}

function tls(): object {
  return {
    cert_file: `${NATS_DIRECTORY}/${tlsFiles.certificate}`,
    key_file: `${NATS_DIRECTORY}/${tlsFiles.privateKey}`,
    ca_file: `${NATS_DIRECTORY}/${tlsFiles.authority}`,
    verify_and_map: true,
    timeout: 5,
  };
}
