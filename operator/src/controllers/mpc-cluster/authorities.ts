import { AUTHORITY_ANNOTATION } from '@mpc-operator/crds/annotations';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { GROUP } from '@mpc-operator/crds/group';
import { caSecretName } from '@mpc-operator/crds/names';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { controllerOf, isControlledBy } from '@mpc-operator/runtime/object';
import { Secret } from '@mpc-operator/runtime/resource';
import { timestamp } from '@mpc-operator/runtime/wire-time';
import { createAuthority, type KeyPair } from '../../pki/authority.ts';
import { type Authorities, nextRotationStep, trusted } from '../../pki/ca-rotation.ts';
import { authorityReason } from '../../pki/renewal.ts';
import { pairOf, tlsSecret } from './children/tls-secret.ts';

/**
 * The annotations of the authority's Secret that say at which step a CA rotation is, and since when. Beside them is the
 * last request.
 */
const STEP = `${GROUP}/authority-step`;
const SINCE = `${GROUP}/authority-since`;
const OTHER = { certificate: 'other.crt', privateKey: 'other.key' } as const;

interface Deps {
  readonly client: ApiClient;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** Returns the authorities in the cluster's Secret. The first authority is made once. */
export async function ensureAuthorities(cluster: MpcCluster, deps: Deps): Promise<Authorities> {
  const { client, signal } = deps;
  const name = caSecretName(cluster.metadata.name);
  const current = await client.get(Secret, { namespace: cluster.metadata.namespace ?? '', name }, { signal });
  if (current === undefined) {
    const first = { issuing: await newAuthority(cluster, deps.now), ...requestOf(cluster.metadata.annotations) };
    await client.create(Secret, secretOf(cluster, first), { signal });
    return first;
  }
  if (controllerOf(current) !== undefined && !isControlledBy(current, cluster)) {
    throw new Error(`Secret ${name} is of an earlier ${cluster.kind}: it goes with that one, then another is made`);
  }
  const issuing = usable(current, pairOf(current));
  const { annotations } = current.metadata;
  const { [STEP]: step, [SINCE]: since = '' } = annotations ?? {};
  if (step !== 'Trust' && step !== 'Reissue') return { issuing, ...requestOf(annotations) };
  const other = usable(current, pairOf(current, OTHER));
  return { issuing, caRotation: { step, other, since: new Date(since) }, ...requestOf(annotations) };
}

/**
 * Goes on to the next step of a CA rotation if one is due. To be called when the servers have loaded the present step.
 * @returns what was done, for people; undefined if nothing was
 */
export async function advanceAuthorities(
  cluster: MpcCluster,
  authorities: Authorities,
  { client, now, signal }: Deps,
): Promise<string | undefined> {
  const asked = requestOf(cluster.metadata.annotations);
  const step = nextRotationStep(authorities, asked.request, now);
  const write = (next: Authorities) => client.apply(Secret, secretOf(cluster, next), { signal });
  const { issuing, caRotation, ...request } = authorities;
  if (step === undefined) return undefined;
  if (caRotation === undefined) {
    const other = await newAuthority(cluster, now);
    await write({ issuing, caRotation: { step: 'Trust', other, since: now }, ...request, ...asked });
    return 'another authority was made and is trusted beside the present one (step 1 of 3)';
  }
  if (step === 'Reissue') {
    await write({ issuing: caRotation.other, caRotation: { step, other: issuing, since: now }, ...request });
    return 'the new authority issues all certificates (step 2 of 3)';
  }
  await write({ issuing, ...request });
  return 'the old authority is trusted no more (step 3 of 3)';
}

/** The request for another authority: on an MpcCluster what is asked for, on its Secret what was carried out. */
function requestOf(annotations: MpcCluster['metadata']['annotations']): { readonly request?: string } {
  const request = annotations?.[AUTHORITY_ANNOTATION];
  return request === undefined ? {} : { request };
}

function newAuthority({ metadata }: MpcCluster, now: Date): Promise<KeyPair> {
  return createAuthority(`${metadata.name}.${metadata.namespace ?? ''} transport`, now);
}

/**
 * Returns the pair if it is a usable authority. An unusable authority is not replaced: whoever put it there may have
 * meant to, and another authority in its place would cut off every party.
 * @throws Error if the pair is no usable authority
 */
function usable({ metadata }: Secret, pair: KeyPair | undefined): KeyPair {
  const reason = authorityReason(pair);
  if (pair !== undefined && reason === undefined) return pair;
  throw new Error(
    `Secret ${metadata.name} holds no usable authority (${reason}): restore it, or delete it to have a new one made`,
  );
}

function secretOf(cluster: MpcCluster, authorities: Authorities): Secret {
  const { issuing, caRotation, request } = authorities;
  const files = caRotation && {
    [OTHER.certificate]: caRotation.other.certificate,
    [OTHER.privateKey]: caRotation.other.privateKey,
  };
  const child = { name: caSecretName(cluster.metadata.name), component: 'transport' } as const;
  const secret = tlsSecret(cluster, child, issuing, trusted(authorities), files);
  const annotations = {
    ...(request === undefined ? {} : { [AUTHORITY_ANNOTATION]: request }),
    ...(caRotation && { [STEP]: caRotation.step, [SINCE]: timestamp(caRotation.since) }),
  };
  return { ...secret, metadata: { ...secret.metadata, annotations } };
}
