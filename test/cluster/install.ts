import { run } from './kubectl.ts';

/** Installs the chart, or brings an installation to this version. */
export async function installChart(): Promise<void> {
  await run('helm', [
    'upgrade',
    '--install',
    'mpc-operator',
    'charts/mpc-operator',
    '--namespace',
    'mpc-system',
    '--create-namespace',
    '--wait',
    '--timeout',
    '3m',
    '--set',
    'images.tag=dev',
  ]);
}
