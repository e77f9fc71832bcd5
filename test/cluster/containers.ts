/** Kills processes in pods from outside, through the engine that runs the cluster's nodes. */
import type { Pod } from '@mpc-operator/runtime/resource';
import { get, run, until } from './kubectl.ts';

type Status = { readonly name: string; readonly containerID?: string; readonly restartCount: number };

interface Process {
  readonly pid: number;
  readonly name: string;
}

interface Running {
  readonly node: string;
  /** The first process is the container's own. */
  readonly processes: readonly [Process, ...Process[]];
}

async function containersOf(namespace: string, pod: string): Promise<{ node: string; statuses: readonly Status[] }> {
  const found = await get<Pod>(namespace, 'pod', pod);
  const { containerStatuses = [], initContainerStatuses = [] } = found?.status ?? {};
  return { node: found?.spec?.nodeName ?? '', statuses: [...containerStatuses, ...initContainerStatuses] };
}

/** Runs a script on a node, as root. */
const onNode = (node: string, script: string, input?: Promise<string>) =>
  run('docker', ['exec', '-i', node, 'sh', '-c', script], { mayFail: true, ...(input && { input }) });

/** Returns the container once it runs: after it was killed, status names the dead container for a while. */
async function running(namespace: string, pod: string, container: string): Promise<Running> {
  return await until(`container ${container} of pod ${pod} running`, 120, async () => {
    const { node, statuses } = await containersOf(namespace, pod);
    const id = statuses.find(s => s.name === container)?.containerID?.replace('containerd://', '');
    if (id === undefined) return undefined;
    const list =
      `for pid in $(ctr --namespace k8s.io tasks ps ${id} | awk 'NR > 1 { print $1 }'); ` +
      'do echo $pid $(cat /proc/$pid/comm); done';
    const [first, ...others] = [...(await onNode(node, list)).stdout.matchAll(/^(\d+) (.+)$/gm)].map(
      ([, pid, name = '']) => ({ pid: Number(pid), name }),
    );
    return first && { node, processes: [first, ...others] };
  });
}

/** Sends SIGKILL to the first process of a container, which never gets to say good-bye. */
export async function killContainer(namespace: string, pod: string, container: string): Promise<void> {
  const fire = await aim(namespace, pod, container);
  await fire();
}

/**
 * Prepares to kill the first process of a container. The returned function kills it within milliseconds, and resolves
 * when it is killed.
 */
export async function aim(namespace: string, pod: string, container: string): Promise<() => Promise<void>> {
  const { node, processes } = await running(namespace, pod, container);
  const trigger = Promise.withResolvers<string>();
  // it never waits for ever for a test that has failed
  const script = `timeout 300 sh -c 'read -r _ && kill -9 ${processes[0].pid}'`;
  const killed = onNode(node, script, trigger.promise);
  return async () => {
    trigger.resolve('now\n');
    const { code, stderr } = await killed;
    if (code !== 0) throw new Error(`container ${container} of pod ${pod} was not killed: ${stderr}`);
  };
}

/**
 * Sends SIGKILL to all processes of a container that have this name.
 * @returns the number of these processes
 */
export async function killProcess(namespace: string, pod: string, container: string, name: string): Promise<number> {
  const { node, processes } = await running(namespace, pod, container);
  const pids = processes.filter(process => process.name === name).map(({ pid }) => pid);
  const { code, stderr } = await onNode(node, `kill -9 ${pids.join(' ')}`);
  if (code !== 0) throw new Error(`${name} of pod ${pod} was not killed: ${stderr}`);
  return pids.length;
}

/** Returns how often each container of a pod was started again. */
export async function restarts(namespace: string, pod: string): Promise<ReadonlyMap<string, number>> {
  const { statuses } = await containersOf(namespace, pod);
  return new Map(statuses.map(({ name, restartCount }) => [name, restartCount]));
}
