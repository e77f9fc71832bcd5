import { AUTHORITY_ANNOTATION } from '@mpc-operator/crds/annotations';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { GROUP } from '@mpc-operator/crds/group';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { keyOf } from '@mpc-operator/runtime/object';
import { Secret } from '@mpc-operator/runtime/resource';
import { timestamp } from '@mpc-operator/runtime/wire-time';
import { createAuthority, type KeyPair } from '../../pki/authority.ts';
import { type Authorities, nextRotationStep, trusted } from '../../pki/ca-rotation.ts';
import { authorityReason } from '../../pki/renewal.ts';
import { ownedMetadata } from './children/metadata.ts';
import { applyOwn } from './children/own.ts';
import { inTheWay, NameTaken } from './children/ownership.ts';
import { pairOf, tlsSecret } from './children/tls-secret.ts';
import { caSecret } from './children/transport-secrets.ts';

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

/**
 * Returns the authorities in the Secret of the cluster; undefined if there is none.
 * @throws NameTaken if a Secret of this name is not ours
 */
export async function readAuthorities(cluster: MpcCluster, { client, signal }: Deps): Promise<Authorities | undefined> {
  const wish = { apiVersion: 'v1', kind: 'Secret', metadata: ownedMetadata(cluster, caSecret(cluster)) } as const;
  const current = await client.get(Secret, keyOf(wish), { signal });
  if (current === undefined) return undefined;
  const obstacle = inTheWay(wish, current);
  if (obstacle !== undefined) throw new NameTaken([obstacle]);
  const issuing = usable(current, pairOf(current));
  const { annotations } = current.metadata;
  const { [STEP]: step, [SINCE]: since = '' } = annotations ?? {};
  if (step !== 'Trust' && step !== 'Reissue') return { issuing, ...requestOf(annotations) };
  const other = usable(current, pairOf(current, OTHER));
  return { issuing, caRotation: { step, other, since: new Date(since) }, ...requestOf(annotations) };
}

/** Makes the first authority of a cluster, once: somebody else's Secret of this name is an error. */
export async function makeAuthorities(cluster: MpcCluster, { client, now, signal }: Deps): Promise<Authorities> {
  const first = { issuing: await newAuthority(cluster, now), ...requestOf(cluster.metadata.annotations) };
  await client.create(Secret, secretOf(cluster, first), { signal });
  return first;
}

/**
 * Goes on to the next step of a CA rotation if one is due. To be called when the servers have loaded the present step.
 * @returns what was done, for people; undefined if nothing was
 */
export async function advanceAuthorities(
  cluster: MpcCluster,
  authorities: Authorities,
  deps: Deps,
): Promise<string | undefined> {
  const { now } = deps;
  const asked = requestOf(cluster.metadata.annotations);
  const step = nextRotationStep(authorities, asked.request, now);
  const write = async (next: Authorities) => {
    const wish = secretOf(cluster, next);
    const live = await deps.client.get(Secret, keyOf(wish), { signal: deps.signal });
    await applyOwn({ resource: Secret, wish, live }, deps);
  };
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
  const secret = tlsSecret(cluster, caSecret(cluster), issuing, trusted(authorities), files);
  const annotations = {
    ...(request === undefined ? {} : { [AUTHORITY_ANNOTATION]: request }),
    ...(caRotation && { [STEP]: caRotation.step, [SINCE]: timestamp(caRotation.since) }),
  };
  return { ...secret, metadata: { ...secret.metadata, annotations } };
}
