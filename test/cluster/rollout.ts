import { labels } from '@mpc-operator/crds/names';
import type { Pod } from '@mpc-operator/runtime/resource';
import { imageTag } from './chart.ts';
import { kubectl, list, until } from './kubectl.ts';

/**
 * Waits until a cluster is ready and every party runs the present images. Parties that were started from earlier images
 * are replaced one at a time, and until the operator has seen to that, status says that all is well.
 */
export async function rolledOut(namespace: string, cluster: string, parties: number): Promise<void> {
  const ready = (seconds: number) =>
    kubectl(['-n', namespace, 'wait', `mpccluster/${cluster}`, '--for=condition=Ready', `--timeout=${seconds}s`]);
  await ready(300);
  await until('every party runs the images of now', 300, async () =>
    (await isUpToDate(namespace, cluster, parties)) ? true : undefined,
  );
  await ready(120);
}

async function isUpToDate(namespace: string, cluster: string, parties: number): Promise<boolean> {
  const selector = `${labels.cluster}=${cluster},app.kubernetes.io/component=party`;
  const pods = await list<Pod>(namespace, 'pods', '-l', selector);
  const images = pods.flatMap(({ spec }) => [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]);
  const tags = [imageTag('party'), imageTag('hsm')];
  return pods.length === parties && images.every(({ image }) => tags.some(tag => image?.endsWith(tag)));
}
