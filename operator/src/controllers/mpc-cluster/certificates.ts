import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import {
  caSecretName,
  natsName,
  natsTlsSecretName,
  operatorTlsSecretName,
  type Peer,
  partyTlsSecretName,
  peerUri,
  systemTlsSecretName,
} from '@mpc-operator/crds/names';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { controllerOf, isControlledBy, keyOf } from '@mpc-operator/runtime/object';
import { Secret } from '@mpc-operator/runtime/resource';
import type { Credentials } from '../../parties/bus.ts';
import { type CertificateRequest, createAuthority, issue, type KeyPair } from '../../pki/authority.ts';
import { authorityReason, fingerprint, renewalReason } from '../../pki/renewal.ts';
import { type ChildName, ownedMetadata, partyIds } from './children/metadata.ts';
import { natsConfig } from './children/nats-config.ts';
import { pairOf, tlsSecret } from './children/tls-secret.ts';

/** Whom a certificate is for. */
interface Holder {
  readonly child: ChildName;
  readonly request: CertificateRequest;
  /** What lies beside the certificate in its Secret. */
  readonly files?: (certificate: string) => { readonly [name: string]: string };
}

/** What the operator itself needs of a cluster's certificates. */
export interface Transport {
  readonly operator: Credentials;
  readonly system: Credentials;
  /** SHA-256 of the authority. */
  readonly caFingerprint: string;
  /** What the NATS servers should have loaded. */
  readonly revision: string;
  /** Names of the Secrets whose certificate was issued now, and why. */
  readonly issued: readonly string[];
}

interface Deps {
  readonly client: ApiClient;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/**
 * Sees that everyone has a certificate of the cluster's authority that is not about to expire. Secrets are read one by one, by name: the
 * operator has no right to list any.
 */
export async function ensureCertificates(cluster: MpcCluster, deps: Deps): Promise<Transport> {
  const authority = await ensureAuthority(cluster, deps);
  const issued: string[] = [];
  const ensure = async (holder: Holder) => {
    const { pair, reason } = await ensureCertificate(cluster, holder, authority, deps);
    if (reason !== undefined) issued.push(`${holder.child.name} (${reason})`);
    return { ...pair, authority: authority.certificate };
  };
  const { name } = cluster.metadata;
  const operator = await ensure(clientOf(cluster, operatorTlsSecretName(name), 'operator'));
  const system = await ensure(clientOf(cluster, systemTlsSecretName(name), 'system'));
  const servers = await ensure(natsServers(cluster));
  await Promise.all(partyIds(cluster).map(id => ensure(partyClient(cluster, id))));
  return {
    operator,
    system,
    caFingerprint: fingerprint(authority.certificate),
    revision: natsConfig(cluster, servers.certificate).revision,
    issued: issued.sort(),
  };
}

/** Made once. To replace an authority that is trusted takes three steps (trust both, reissue, drop the old), which are not built yet. */
async function ensureAuthority(cluster: MpcCluster, { client, now, signal }: Deps): Promise<KeyPair> {
  const child: ChildName = { name: caSecretName(cluster.metadata.name), component: 'transport' };
  const key = { namespace: cluster.metadata.namespace ?? '', name: child.name };
  const current = await client.get(Secret, key, { signal });
  if (current !== undefined && controllerOf(current) !== undefined && !isControlledBy(current, cluster)) {
    throw new Error(`Secret ${key.name} is of an earlier ${cluster.kind}: it goes with that one, then another is made`);
  }
  const pair = pairOf(current);
  const reason = authorityReason(pair);
  if (pair !== undefined && reason === undefined) return pair;
  if (current !== undefined) {
    // Whoever replaced it may have meant to: making another one would cut off every party.
    throw new Error(
      `Secret ${key.name} holds no usable authority (${reason}): restore it, or delete it to have a new one made`,
    );
  }
  const made = await createAuthority(`${cluster.metadata.name}.${key.namespace} transport`, now);
  await client.create(Secret, tlsSecret(cluster, child, made, made.certificate), { signal });
  return made;
}

async function ensureCertificate(
  cluster: MpcCluster,
  holder: Holder,
  authority: KeyPair,
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
  const reason = renewalReason(current, authority.certificate, request, now);
  const pair = current !== undefined && reason === undefined ? current : await issue(authority, request, now);
  const wish = tlsSecret(cluster, child, pair, authority.certificate, files?.(pair.certificate));
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

function natsServers(cluster: MpcCluster): Holder {
  const { name, namespace = '' } = cluster.metadata;
  const service = `${natsName(name)}.${namespace}.svc`;
  return {
    child: { name: natsTlsSecretName(name), component: 'nats' },
    request: { commonName: service, uri: peerUri(namespace, name, 'nats'), dnsNames: [service, `*.${service}`] },
    files: certificate => ({ 'nats.conf': natsConfig(cluster, certificate).text }),
  };
}
