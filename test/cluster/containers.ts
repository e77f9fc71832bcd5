/** Kills what runs in pods, from outside: by the engine that runs the cluster's nodes. */
import type { Pod } from '@mpc-operator/runtime/resource';
import { get, kubectl, run, until } from './kubectl.ts';

type Status = { readonly name: string; readonly containerID?: string; readonly restartCount: number };

const ctr = (node: string, ...args: readonly string[]) =>
  run('docker', ['exec', node, 'ctr', '--namespace', 'k8s.io', ...args], { mayFail: true });

async function containersOf(namespace: string, pod: string): Promise<{ node: string; statuses: readonly Status[] }> {
  const found = await get<Pod>(namespace, 'pod', pod);
  const { containerStatuses = [], initContainerStatuses = [] } = found?.status ?? {};
  return { node: found?.spec?.nodeName ?? '', statuses: [...containerStatuses, ...initContainerStatuses] };
}

/**
 * SIGKILL to the first process of a container: it never gets to say good-bye. Waits for one that runs, for after an earlier kill the
 * status names the dead one for a while.
 */
export async function killContainer(namespace: string, pod: string, container: string): Promise<void> {
  await until(`container ${container} of pod ${pod} killed`, 120, async () => {
    const { node, statuses } = await containersOf(namespace, pod);
    const id = statuses.find(s => s.name === container)?.containerID?.replace('containerd://', '');
    if (id === undefined) return undefined;
    const { code } = await ctr(node, 'tasks', 'kill', '--signal', 'SIGKILL', id);
    return code === 0 ? true : undefined;
  });
}

/**
 * Makes ready to kill the first process of a container, so that what is returned does it within milliseconds. Resolves when it is
 * killed.
 */
export async function aim(namespace: string, pod: string, container: string): Promise<() => Promise<void>> {
  const { node, id, pid } = await until(`container ${container} of pod ${pod} running`, 120, async () => {
    const { node, statuses } = await containersOf(namespace, pod);
    const id = statuses.find(s => s.name === container)?.containerID?.replace('containerd://', '') ?? '';
    const { stdout } = await ctr(node, 'tasks', 'list');
    const [, pid] = new RegExp(`^${id}\\s+(\\d+)\\s+RUNNING`, 'm').exec(stdout) ?? [];
    return id === '' || pid === undefined ? undefined : { node, id, pid };
  });
  const trigger = Promise.withResolvers<string>();
  const script = `read -r _ && kill -9 ${pid}`;
  const wait = ['timeout', '300', 'sh', '-c', script]; // never waits for ever for a test that has failed
  const killed = run('docker', ['exec', '-i', node, ...wait], { input: trigger.promise });
  return async () => {
    trigger.resolve('now\n');
    await killed.catch(error => {
      throw new Error(`container ${id} of pod ${pod} was not killed`, { cause: error });
    });
  };
}

/** SIGKILL to all processes of a container that have this name. @returns how many there were */
export async function killProcess(namespace: string, pod: string, container: string, name: string): Promise<number> {
  const script = `n=0; for d in /proc/[0-9]*; do if [ "$(cat $d/comm 2>/dev/null)" = ${name} ]; then kill -9 "\${d#/proc/}" && n=$((n+1)); fi; done; echo $n`;
  const { stdout } = await kubectl(['-n', namespace, 'exec', pod, '-c', container, '--', 'sh', '-c', script]);
  return Number(stdout);
}

/** How often each container of a pod was started again. */
export async function restarts(namespace: string, pod: string): Promise<ReadonlyMap<string, number>> {
  const { statuses } = await containersOf(namespace, pod);
  return new Map(statuses.map(({ name, restartCount }) => [name, restartCount]));
}
