import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { natsName, type Peer, peerUri } from '@mpc-operator/crds/names';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { keyOf } from '@mpc-operator/runtime/object';
import { Secret } from '@mpc-operator/runtime/resource';
import type { Credentials } from '../../parties/bus.ts';
import { type CertificateRequest, issue } from '../../pki/authority.ts';
import { type Authorities, trusted } from '../../pki/ca-rotation.ts';
import { fingerprint, renewalReason } from '../../pki/renewal.ts';
import { type ChildName, ownedMetadata, partyIds } from './children/metadata.ts';
import { natsConfig } from './children/nats-config.ts';
import { applyOwn } from './children/own.ts';
import { inTheWay, NameTaken, type Obstacle } from './children/ownership.ts';
import { pairOf, tlsSecret } from './children/tls-secret.ts';
import { natsTlsSecret, operatorTlsSecret, partyTlsSecret, systemTlsSecret } from './children/transport-secrets.ts';

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
 * @param mayAdd whether a party gets its first certificate, which is a part of what is made for that party
 * @throws NameTaken if a Secret of such a name is not ours, after all others were renewed
 */
export async function ensureCertificates(
  cluster: MpcCluster,
  authorities: Authorities,
  mayAdd: boolean,
  deps: Deps,
): Promise<Transport> {
  const authority = trusted(authorities);
  const issued: string[] = [];
  const taken: Obstacle[] = [];
  const ensure = async (holder: Holder, isNeeded = true) => {
    const { found, obstacle } = await readSecret(cluster, holder, deps);
    if (obstacle !== undefined) taken.push(obstacle);
    if (obstacle !== undefined || (found === undefined && !isNeeded)) return undefined;
    const { pair, reason } = await ensureCertificate(cluster, holder, found, authorities, deps);
    if (reason !== undefined) issued.push(`${holder.child.name} (${reason})`);
    return { ...pair, authority };
  };
  const operator = await ensure(clientOf(cluster, operatorTlsSecret(cluster), 'operator'));
  const system = await ensure(clientOf(cluster, systemTlsSecret(cluster), 'system'));
  const servers = await ensure(natsServers(cluster, authority));
  await Promise.all(partyIds(cluster).map(id => ensure(partyClient(cluster, id), mayAdd)));
  if (taken.length > 0 || !operator || !system || !servers) throw new NameTaken(taken);
  return {
    operator,
    system,
    authorities,
    caFingerprint: fingerprint(authorities.issuing.certificate),
    revision: natsConfig(cluster, servers.certificate, authority).revision,
    issued: issued.sort(),
  };
}

async function readSecret(cluster: MpcCluster, { child }: Holder, { client, signal }: Deps) {
  const wish = { apiVersion: 'v1', kind: 'Secret', metadata: ownedMetadata(cluster, child) } as const;
  const found = await client.get(Secret, keyOf(wish), { signal });
  return { found, obstacle: found && inTheWay(wish, found) };
}

async function ensureCertificate(
  cluster: MpcCluster,
  { child, request, files }: Holder,
  live: Secret | undefined,
  authorities: Authorities,
  deps: Deps,
) {
  const { issuing } = authorities;
  const current = pairOf(live);
  const reason = renewalReason(current, issuing.certificate, request, deps.now);
  const pair = current !== undefined && reason === undefined ? current : await issue(issuing, request, deps.now);
  const wish = tlsSecret(cluster, child, pair, trusted(authorities), files?.(pair.certificate));
  await applyOwn({ resource: Secret, wish, live }, deps);
  return { pair, reason };
}

function clientOf(cluster: MpcCluster, child: ChildName, peer: Peer): Holder {
  const commonName = typeof peer === 'string' ? peer : `party ${peer.party}`;
  const { name: clusterName, namespace = '' } = cluster.metadata;
  return {
    child,
    request: { commonName, uri: peerUri(namespace, clusterName, peer), dnsNames: [] },
  };
}

function partyClient(cluster: MpcCluster, id: number): Holder {
  return clientOf(cluster, partyTlsSecret(cluster, id), { party: id });
}

function natsServers(cluster: MpcCluster, authority: string): Holder {
  const { name, namespace = '' } = cluster.metadata;
  const service = `${natsName(name)}.${namespace}.svc`;
  return {
    child: natsTlsSecret(cluster),
    request: { commonName: service, uri: peerUri(namespace, name, 'nats'), dnsNames: [service, `*.${service}`] },
    files: certificate => ({ 'nats.conf': natsConfig(cluster, certificate, authority).text }),
  };
}
