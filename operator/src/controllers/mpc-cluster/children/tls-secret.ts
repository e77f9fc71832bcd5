import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { tlsFiles } from '@mpc-operator/crds/party-env';
import type { Secret } from '@mpc-operator/runtime/resource';
import type { KeyPair } from '../../../pki/authority.ts';
import { type ChildName, ownedMetadata } from './metadata.ts';

/**
 * A Secret with a certificate, its key, and the authorities by which peers are checked. Other files can lie beside
 * them: a Secret is mounted as one, so that its readers never see half of a change.
 */
export function tlsSecret(
  cluster: MpcCluster,
  child: ChildName,
  pair: KeyPair,
  authority: string,
  files: { readonly [name: string]: string } = {},
): Secret {
  const content = {
    [tlsFiles.certificate]: pair.certificate,
    [tlsFiles.privateKey]: pair.privateKey,
    [tlsFiles.authority]: authority,
    ...files,
  };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: ownedMetadata(cluster, child),
    type: 'kubernetes.io/tls',
    data: Object.fromEntries(Object.entries(content).map(([name, text]) => [name, encode(text)])),
  };
}

/** The certificate and key in a Secret, under these names; undefined if the Secret lacks one of them. */
export function pairOf(
  secret: Secret | undefined,
  names: { readonly certificate: string; readonly privateKey: string } = tlsFiles,
): KeyPair | undefined {
  const certificate = decode(secret?.data?.[names.certificate]);
  const privateKey = decode(secret?.data?.[names.privateKey]);
  return certificate === undefined || privateKey === undefined ? undefined : { certificate, privateKey };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}

function decode(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
}
