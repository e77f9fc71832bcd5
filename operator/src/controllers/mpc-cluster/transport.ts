import { AUTHORITY_ANNOTATION } from '@mpc-operator/crds/annotations';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { formatKey, keyOf } from '@mpc-operator/runtime/object';
import { Secret } from '@mpc-operator/runtime/resource';
import type { Authorities } from '../../pki/ca-rotation.ts';
import { isPaused } from '../paused.ts';
import { makeAuthorities, readAuthorities } from './authorities.ts';
import { ensureCertificates, type Transport } from './certificates.ts';
import { takenChildren } from './children/apply.ts';
import { ownedMetadata, partyIds } from './children/metadata.ts';
import { type Child, takenNames } from './children/own.ts';
import { NameTaken, type Obstacle } from './children/ownership.ts';
import { newPinSecret } from './children/pin-secret.ts';
import { caSecret, transportSecrets } from './children/transport-secrets.ts';
import type { Run } from './run.ts';

/**
 * Milliseconds for which what was read of the Secrets of a cluster is taken for true. The operator alone writes them,
 * and knows what it wrote. What somebody else does to them is seen at the next resync, which is longer than this.
 */
const STAYS_TRUE = 100_000;

/** A paused cluster has no authority: another one would cut off whoever trusts the one before. */
export class NotBegun extends Error {
  override readonly name = 'NotBegun';
}

/**
 * Ensures the certificates of a cluster, and says whether the cluster has begun with them just now. Nothing is read
 * while neither the cluster changed nor time passed: events of keys and parties come all the time, and each would cost
 * a request for each Secret.
 * @throws NameTaken if an object that is not ours has a name that is needed. A cluster that has not begun is then not
 * begun: nothing was written
 * @throws NotBegun if there is no authority and the cluster is paused
 */
export async function transportOf(cluster: MpcCluster, run: Run): Promise<Transport & { readonly begun?: boolean }> {
  const { clock, transports } = run;
  const id = formatKey(keyOf(cluster));
  const madeFor = purposeOf(cluster);
  const known = transports.get(id);
  if (known?.madeFor === madeFor && clock.now() - known.at < STAYS_TRUE) return known.transport;
  transports.delete(id);
  const found = await readAuthorities(cluster, run).catch(error => withAllNames(error, cluster, run));
  const authorities = found ?? (await begin(cluster, run));
  // While something is in the way of a new party, nothing of that party is made.
  const isFree = found === undefined || (await takenChildren(cluster, run)).length === 0;
  const transport = await ensureCertificates(cluster, authorities, isFree, run);
  if (isFree) transports.set(id, { transport: { ...transport, issued: [] }, madeFor, at: clock.now() });
  return { ...transport, begun: found === undefined };
}

/** Makes the first object of a cluster, its authority, if all names that the cluster needs are free or ours. */
async function begin(cluster: MpcCluster, run: Run): Promise<Authorities> {
  if (isPaused(cluster)) {
    const secret = caSecret(cluster).name;
    throw new NotBegun(`there is no Secret ${secret}, and no authority is made while the cluster is paused`);
  }
  const taken = await allTakenNames(cluster, run);
  if (taken.length > 0) throw new NameTaken(taken);
  return await makeAuthorities(cluster, run);
}

/** Whoever has to rename something is told at once of all that is in the way. */
async function withAllNames(error: unknown, cluster: MpcCluster, run: Run): Promise<never> {
  throw error instanceof NameTaken ? new NameTaken(await allTakenNames(cluster, run)) : error;
}

async function allTakenNames(cluster: MpcCluster, run: Run): Promise<readonly Obstacle[]> {
  const secrets: Child[] = [
    ...transportSecrets(cluster).map(child => {
      const wish = { apiVersion: 'v1', kind: 'Secret', metadata: ownedMetadata(cluster, child) } as const;
      return { resource: Secret, wish, live: undefined };
    }),
    ...partyIds(cluster).map(id => ({ resource: Secret, wish: newPinSecret(cluster, id), live: undefined })),
  ];
  return [...(await takenNames(secrets, run)), ...(await takenChildren(cluster, run))];
}

function purposeOf({ metadata }: MpcCluster): string {
  const { uid, generation, annotations } = metadata;
  return JSON.stringify([uid, generation, annotations?.[AUTHORITY_ANNOTATION]]);
}
