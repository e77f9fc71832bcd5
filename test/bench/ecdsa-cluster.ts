/** Measures ECDSA in the cluster: how long keygens and requests take, and how fast presignatures are made again. */
import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import { apply, get, kubectl, until } from '../cluster/kubectl.ts';
import { keyShareSet, mpcCluster, NAMESPACE, PARTIES } from '../e2e/world.ts';
import { measureRequests, metric, metricsOf } from './cluster.ts';

export interface EcdsaLatencies {
  readonly cluster: string;
  /** Milliseconds of the session, on average of the parties. */
  readonly keygen: number;
  /** Milliseconds from creation to signature, ascending. */
  readonly online: readonly number[];
  readonly interactive: readonly number[];
  /** Presignatures per second, of all parties together. */
  readonly refill: number;
  /**
   * The longest time that the event loop of a party was held up while signatures were made interactively, in
   * milliseconds.
   */
  readonly blocked: number;
}

const REQUESTS = 15;
const STOCK = 8;
/**
 * The number of signatures that do not count: each thread of each party compiles what it runs during its first
 * sessions.
 */
const WARM_UP = 12;

/** Measures in a cluster of this security level, which is made if it is not there. */
export async function measureEcdsaIn(cluster: string, securityLevel: 112 | 128): Promise<EcdsaLatencies> {
  await apply(NAMESPACE, { ...mpcCluster, metadata: { name: cluster }, spec: { ...mpcCluster.spec, securityLevel } });
  await kubectl([
    '-n',
    NAMESPACE,
    'wait',
    `mpccluster/${cluster}`,
    '--for=condition=AuxiliaryReady',
    '--timeout=1200s',
  ]);
  // the parties make the primes of the next generation in the background, and on two processors that shows in the
  // numbers
  await until('primes', 1200, async () => {
    const { auxiliary } = (await get<MpcCluster>(NAMESPACE, 'mpccluster', cluster))?.status ?? {};
    return auxiliary?.primesReady === `${PARTIES.length}/${PARTIES.length}` || undefined;
  });
  const interactiveKey = await ready(cluster, `${cluster}-interactive`, 0);
  const keygen = await meanSession(cluster, 'keygen/v1');
  await measureRequests(NAMESPACE, interactiveKey, WARM_UP);
  const { total: interactive } = await measureRequests(NAMESPACE, interactiveKey, REQUESTS);
  const blocked = Math.max(...(await eachParty(cluster, 'nodejs_eventloop_lag_max_seconds'))) * 1000;

  const key = await ready(cluster, `${cluster}-presigned`, STOCK);
  const begin = performance.now();
  const made = await eachParty(cluster, 'mpc_presignatures_total{what="made"}');
  await stocked(key);
  const seconds = (performance.now() - begin) / 1000;
  const now = await eachParty(cluster, 'mpc_presignatures_total{what="made"}');
  // each signer counts every presignature that it has a part of
  const { threshold } = key.spec;
  const refill = (sum(now) - sum(made)) / threshold / seconds;
  await measureRequests(NAMESPACE, key, WARM_UP);
  await stocked(key);
  const { total: online } = await measureRequests(NAMESPACE, key, REQUESTS);
  await kubectl(['-n', NAMESPACE, 'delete', 'keyshareset', interactiveKey.metadata.name, key.metadata.name]);
  return { cluster, keygen, online, interactive, refill, blocked };
}

async function ready(cluster: string, name: string, target: number): Promise<KeyShareSet> {
  const object = keyShareSet(name, 'ecdsa');
  await apply(NAMESPACE, {
    ...object,
    spec: { ...object.spec, clusterRef: { name: cluster }, presignatures: { target } },
  });
  await kubectl(['-n', NAMESPACE, 'wait', `keyshareset/${name}`, '--for=condition=Ready', '--timeout=120s']);
  const key = await get<KeyShareSet>(NAMESPACE, 'keyshareset', name);
  if (key === undefined) throw new Error(`no KeyShareSet ${name}`);
  return key;
}

const stocked = (key: KeyShareSet) =>
  until('presignatures', 600, async () => {
    const now = await get<KeyShareSet>(NAMESPACE, 'keyshareset', key.metadata.name);
    return now?.status?.presignatures === STOCK * PARTIES.length || undefined;
  });

async function eachParty(cluster: string, name: string): Promise<number[]> {
  const texts = await Promise.all(PARTIES.map(party => metricsOf(NAMESPACE, cluster, party)));
  return texts
    .map(text => metric(text, name.replace(/[{}"]/g, '\\$&')))
    .map(value => (Number.isNaN(value) ? 0 : value));
}

async function meanSession(cluster: string, protocol: string): Promise<number> {
  const labels = `{protocol="${protocol}"}`;
  const seconds = await eachParty(cluster, `mpc_session_duration_seconds_sum${labels}`);
  const count = await eachParty(cluster, `mpc_session_duration_seconds_count${labels}`);
  return (1000 * sum(seconds)) / Math.max(1, sum(count));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
