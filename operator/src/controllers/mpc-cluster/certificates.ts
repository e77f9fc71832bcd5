import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import {
  natsName,
  natsTlsSecretName,
  operatorTlsSecretName,
  type Peer,
  partyTlsSecretName,
  peerUri,
  systemTlsSecretName,
} from '@mpc-operator/crds/names';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { keyOf } from '@mpc-operator/runtime/object';
import { Secret } from '@mpc-operator/runtime/resource';
import type { Credentials } from '../../parties/bus.ts';
import { type CertificateRequest, issue } from '../../pki/authority.ts';
import { type Authorities, trusted } from '../../pki/ca-rotation.ts';
import { fingerprint, renewalReason } from '../../pki/renewal.ts';
import { ensureAuthorities } from './authorities.ts';
import { type ChildName, ownedMetadata, partyIds } from './children/metadata.ts';
import { natsConfig } from './children/nats-config.ts';
import { pairOf, tlsSecret } from './children/tls-secret.ts';

/** The client or server that a certificate is for. */
interface Holder {
  readonly child: ChildName;
  readonly request: CertificateRequest;
  /** Other files in the Secret of the certificate. */
  readonly files?: (certificate: string) => { readonly [name: string]: string };
}

/** What the operator itself needs of the certificates of a cluster. */
export interface Transport {
  readonly operator: Credentials;
  readonly system: Credentials;
  readonly authorities: Authorities;
  /** SHA-256 of the certificate of the authority that issues. */
  readonly caFingerprint: string;
  /** The revision of the configuration that the NATS servers should have loaded. */
  readonly revision: string;
  /** The names of the Secrets whose certificate was issued in this reconcile, and why. */
  readonly issued: readonly string[];
}

interface Deps {
  readonly client: ApiClient;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/**
 * Ensures that every client and server of the cluster has a certificate of its authority that is not about to expire.
 * Secrets are read one by one, by name: the operator has no right to list any.
 */
export async function ensureCertificates(cluster: MpcCluster, deps: Deps): Promise<Transport> {
  const authorities = await ensureAuthorities(cluster, deps);
  const authority = trusted(authorities);
  const issued: string[] = [];
  const ensure = async (holder: Holder) => {
    const { pair, reason } = await ensureCertificate(cluster, holder, authorities, deps);
    if (reason !== undefined) issued.push(`${holder.child.name} (${reason})`);
    return { ...pair, authority };
  };
  const { name } = cluster.metadata;
  const operator = await ensure(clientOf(cluster, operatorTlsSecretName(name), 'operator'));
  const system = await ensure(clientOf(cluster, systemTlsSecretName(name), 'system'));
  const servers = await ensure(natsServers(cluster, authority));
  await Promise.all(partyIds(cluster).map(id => ensure(partyClient(cluster, id))));
  return {
    operator,
    system,
    authorities,
    caFingerprint: fingerprint(authorities.issuing.certificate),
    revision: natsConfig(cluster, servers.certificate, authority).revision,
    issued: issued.sort(),
  };
}

async function ensureCertificate(
  cluster: MpcCluster,
  holder: Holder,
  authorities: Authorities,
  { client, now, signal }: Deps,
) {
  const { child, request, files } = holder;
  const live = await client.get(
    Secret,
    keyOf({ apiVersion: 'v1', kind: 'Secret', metadata: ownedMetadata(cluster, child) }),
    {
      signal,
    },
  );
  const current = pairOf(live);
  const reason = renewalReason(current, authorities.issuing.certificate, request, now);
  const pair = current !== undefined && reason === undefined ? current : await issue(authorities.issuing, request, now);
  const wish = tlsSecret(cluster, child, pair, trusted(authorities), files?.(pair.certificate));
  await client.apply(Secret, wish, { live, signal });
  return { pair, reason };
}

function clientOf(cluster: MpcCluster, name: string, peer: Peer): Holder {
  const commonName = typeof peer === 'string' ? peer : `party ${peer.party}`;
  const { name: clusterName, namespace = '' } = cluster.metadata;
  return {
    child: { name, component: 'transport' },
    request: { commonName, uri: peerUri(namespace, clusterName, peer), dnsNames: [] },
  };
}

function partyClient(cluster: MpcCluster, id: number): Holder {
  const name = partyTlsSecretName(cluster.metadata.name, id);
  return { ...clientOf(cluster, name, { party: id }), child: { name, component: 'party', party: id } };
}

function natsServers(cluster: MpcCluster, authority: string): Holder {
  const { name, namespace = '' } = cluster.metadata;
  const service = `${natsName(name)}.${namespace}.svc`;
  return {
    child: { name: natsTlsSecretName(name), component: 'nats' },
    request: { commonName: service, uri: peerUri(namespace, name, 'nats'), dnsNames: [service, `*.${service}`] },
    files: certificate => ({ 'nats.conf': natsConfig(cluster, certificate, authority).text }),
  };
}
