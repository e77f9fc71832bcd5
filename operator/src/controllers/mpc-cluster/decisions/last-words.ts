import type { Pod } from '@mpc-operator/runtime/resource';

export type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];
type Ended = NonNullable<NonNullable<ContainerStatus['state']>['terminated']>;

/** The number of characters that are kept of what a container said last. Its end says why it failed. */
const KEPT = 600;

/** The statuses of all containers of a pod, in the order in which the containers start. */
export function containersOf({ status }: Pod): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

/** How the container ended last, with its exit code and what it said; undefined if it never ended. */
export function lastWords(container: ContainerStatus): string | undefined {
  const ended = lastEnd(container);
  return ended && `container ${container.name} ended with ${describe(ended)}`;
}

/** Whether the container failed when it ended last. */
export function hasFailed(container: ContainerStatus): boolean {
  return (lastEnd(container)?.exitCode ?? 0) !== 0;
}

function lastEnd({ state, lastState }: ContainerStatus): Ended | undefined {
  return state?.terminated ?? lastState?.terminated;
}

function describe({ exitCode, signal, reason, message }: Ended): string {
  const how = [...(signal ? [`signal ${signal}`] : []), ...(reason ? [reason] : [])].join(', ');
  const said = (message ?? '').trim();
  const kept = said.length > KEPT ? `…${said.slice(-KEPT)}` : said;
  return `exit code ${exitCode}${how === '' ? '' : ` (${how})`}${kept === '' ? '' : `: ${kept}`}`;
}
