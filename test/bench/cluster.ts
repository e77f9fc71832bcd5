/**
 * Measures how long a SignRequest takes in the cluster, from its creation to its signature, and where the time goes.
 */
import { createHash } from 'node:crypto';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { partyPodName } from '@mpc-operator/crds/names';
import { signRequests } from '@mpc-operator/crds/resources';
import { ApiClient } from '@mpc-operator/runtime/client';
import { Informer } from '@mpc-operator/runtime/informer';
import { createLogger } from '@mpc-operator/runtime/log';
import { KubeConfigTransport } from '@mpc-operator/runtime/transport';
import { kubectl } from '../cluster/kubectl.ts';
import { signRequest } from '../cluster/signing.ts';

export interface Latencies {
  readonly key: string;
  /** Milliseconds from just before the request is created to when its signature is seen, ascending. */
  readonly total: readonly number[];
  /** The part of these from when the leader saw the request to the verified signature. */
  readonly party: readonly number[];
}

/** Asks for `count` signatures, one after the other. */
export async function measureRequests(namespace: string, key: KeyShareSet, count: number): Promise<Latencies> {
  const transport = KubeConfigTransport.fromDefault({ userAgent: 'bench' });
  const client = new ApiClient({ transport, fieldManager: 'bench' });
  const stop = new AbortController();
  const informer = new Informer({
    client,
    resource: signRequests,
    namespaces: [namespace],
    log: createLogger({ name: 'bench', level: 'error' }),
  });
  const waiting = new Map<string, (request: SignRequest) => void>();
  informer.addHandler(({ object }) => {
    if (object.status?.signature !== undefined) waiting.get(object.metadata.name)?.(object);
  });
  const running = informer.run(stop.signal);
  await informer.waitForSync();
  const [total, party]: [number[], number[]] = [[], []];
  for (let i = 0; i < count; i += 1) {
    const name = `bench-${Date.now().toString(36)}-${i}`;
    const { promise, resolve } = Promise.withResolvers<SignRequest>();
    waiting.set(name, resolve);
    const message = createHash('sha256').update(name).digest();
    const begin = performance.now();
    await client.create(signRequests, signRequest({ namespace, name, key: key.metadata.name, message }));
    const { status } = await promise;
    total.push(performance.now() - begin);
    party.push(status?.durationMilliseconds ?? Number.NaN);
    await client.delete(signRequests, { namespace, name });
  }
  stop.abort();
  await running;
  await transport.close();
  const ascending = (list: number[]): number[] => list.sort((a, b) => a - b);
  return { key: key.metadata.name, total: ascending(total), party: ascending(party) };
}

/** Seconds and counts of the stages of signing sessions, summed over the parties, by round. */
export type Stages = ReadonlyMap<string, { readonly seconds: number; readonly count: number }>;

export async function signingStages(
  namespace: string,
  cluster: string,
  parties: readonly number[],
  protocol: string,
): Promise<Stages> {
  const stages = new Map<string, { seconds: number; count: number }>();
  const line = new RegExp(
    `^mpc_round_duration_seconds_(sum|count)\\{protocol="${protocol}",round="([^"]+)"\\} (\\S+)$`,
    'gm',
  );
  for (const party of parties) {
    for (const [, what, round = '', value] of (await metricsOf(namespace, cluster, party)).matchAll(line)) {
      const known = stages.get(round) ?? { seconds: 0, count: 0 };
      const add = Number(value);
      stages.set(
        round,
        what === 'sum' ? { ...known, seconds: known.seconds + add } : { ...known, count: known.count + add },
      );
    }
  }
  return stages;
}

/** Reads the metrics from inside the pod, since its NetworkPolicy lets in nobody else but monitoring. */
export async function metricsOf(namespace: string, cluster: string, party: number): Promise<string> {
  const fetchMetrics = "fetch('http://127.0.0.1:8080/metrics').then(async r => console.log(await r.text()))";
  const exec = ['exec', partyPodName(cluster, party), '-c', 'party', '--', 'node', '-e', fetchMetrics];
  return (await kubectl(['-n', namespace, ...exec])).stdout;
}

/** Returns the value of a metric without labels. */
export const metric = (text: string, name: string): number =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);

/** Returns the mean milliseconds of each stage between one reading and a later one. */
export function meanBetween(before: Stages, after: Stages): [round: string, milliseconds: number][] {
  return [...after].map(([round, { seconds, count }]) => {
    const was = before.get(round) ?? { seconds: 0, count: 0 };
    return [round, (1000 * (seconds - was.seconds)) / Math.max(1, count - was.count)];
  });
}

export const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;

/** Returns where the mean time of a request goes, in milliseconds; the rounds are those of a session. */
export function stagesOf(
  total: number,
  party: number,
  rounds: readonly [round: string, milliseconds: number][],
): [stage: string, milliseconds: number][] {
  const session = rounds.reduce((sum, [, ms]) => sum + ms, 0);
  return [
    ['API server: request to leader, signature to asker', total - party],
    ['leader: share from HSM, invitation, store, status', party - session],
    ...rounds.map(([round, ms]): [string, number] => [`session: ${round}`, ms]),
  ];
}
