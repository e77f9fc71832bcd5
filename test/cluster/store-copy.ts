/** Does what a thief would: copies a party's store volume, and tries later to open what is sealed in it. */
import { partyPodName } from '@mpc-operator/crds/names';
import { kubectl, runBytes } from './kubectl.ts';

const exec = (namespace: string, cluster: string, party: number): string[] => [
  '-n',
  namespace,
  'exec',
  '-i',
  partyPodName(cluster, party),
  '-c',
  'party',
  '--',
];

/** Returns the volume as a tar archive. */
export async function copyStore(namespace: string, cluster: string, party: number): Promise<Uint8Array> {
  return await runBytes('kubectl', [...exec(namespace, cluster, party), 'tar', '-C', '/var/lib/mpc', '-cf', '-', '.']);
}

/** Returns what the HSM of the running party says to each sealed secret in the copy. */
export async function auditStore(namespace: string, cluster: string, party: number, copy: Uint8Array): Promise<string> {
  const command = ['node', 'party/src/commands/audit-store.ts'];
  return (await kubectl([...exec(namespace, cluster, party), ...command], { input: copy })).stdout;
}
