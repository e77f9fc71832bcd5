import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { natsUrl } from '@mpc-operator/crds/names';
import { formatKey, keyOf } from '@mpc-operator/runtime/object';
import type { Transport } from './certificates.ts';
import type { World } from './observe.ts';
import type { Run } from './run.ts';

/** Milliseconds until the servers are asked again for what they have not loaded. */
const RETRY = 10_000;

/**
 * Ensures that the NATS servers have loaded what they should. They are not told at every event: a reload is work.
 * @returns what is missing until they have loaded it
 */
export async function reloadServers(
  cluster: MpcCluster,
  world: World,
  transport: Transport,
  run: Run,
): Promise<string | undefined> {
  if (world.serversReady === 0) return 'no NATS server is ready';
  const { reloads, clock } = run;
  const id = formatKey(keyOf(cluster));
  const { revision } = transport;
  const last = reloads.get(id);
  if (last?.revision === revision && (last.pending === undefined || clock.now() - last.at < RETRY)) return last.pending;
  const pending = await loadEverywhere(cluster, world, transport, run);
  reloads.set(id, { revision, pending, at: clock.now() });
  return pending;
}

async function loadEverywhere(
  cluster: MpcCluster,
  world: World,
  { system, revision }: Transport,
  run: Run,
): Promise<string | undefined> {
  const { name, namespace = '' } = cluster.metadata;
  try {
    const { current, behind } = await run.loadRevision(natsUrl(namespace, name), system, revision);
    if (behind.length > 0) return `NATS servers load their new configuration: ${behind.join(', ')}`;
    return current.length < world.serversWanted
      ? `${current.length} of ${world.serversWanted} NATS servers answer`
      : undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    run.log.info('the NATS servers did not load their configuration', { reason: message });
    return `the NATS servers do not load their new configuration: ${message}`;
  }
}
