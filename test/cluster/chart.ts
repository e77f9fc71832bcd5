/**
 * Installs and renders the chart as a user would. The environment says into which cluster: see hack/in-cluster-net.sh.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { run } from './kubectl.ts';

const CHART = join(import.meta.dirname, '../../charts/mpc-operator');
export const OPERATOR_NAMESPACE = 'mpc-system';
/** The images that `make images` has loaded, by their names in the chart's values and in images/. */
const IMAGES = { operator: 'operator', party: 'party', hsm: 'softhsm', nats: 'nats' } as const;

const rule = z.object({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  verbs: z.array(z.string()),
  resourceNames: z.array(z.string()).default([]),
});
const manifest = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  rules: z.array(rule).optional(),
});
export type Manifest = z.infer<typeof manifest>;

/** Returns the objects that the chart consists of with these values (`helm --set`). */
export async function render(...values: readonly string[]): Promise<readonly Manifest[]> {
  const { stdout } = await run('helm', templateArgs(values));
  return parseAllDocuments(stdout)
    .map(document => document.toJS())
    .filter(object => object !== null)
    .map(object => manifest.parse(object));
}

/**
 * Installs the chart with the images of `make images`, or brings it up to date. With `wait`, it waits until the
 * operator is ready.
 */
export async function installChart(options: { readonly wait: boolean }): Promise<void> {
  await run('helm', [
    ...['upgrade', '--install', 'mpc-operator', CHART, '--namespace', OPERATOR_NAMESPACE, '--create-namespace'],
    // Objects of the chart that an earlier test applied, or somebody by hand, become part of the release.
    '--take-ownership',
    ...imageTags().flatMap(value => ['--set', value]),
    ...(options.wait ? ['--wait', '--timeout', '180s'] : []),
  ]);
}

/**
 * Returns the tag of an image that the nodes have. The tag is made of the content, so that an image that was built anew
 * is rolled out.
 */
export function imageTag(image: keyof typeof IMAGES): string {
  const loaded = process.env.MPC_LOADED_IMAGES;
  if (loaded === undefined) throw new Error('MPC_LOADED_IMAGES is not set: run this by hack/in-cluster-net.sh');
  return `dev-${readFileSync(join(loaded, IMAGES[image]), 'utf8').trim()}`;
}

const imageTags = (): string[] =>
  (['operator', 'party', 'hsm', 'nats'] as const).map(image => `images.${image}.tag=${imageTag(image)}`);

/** Returns what helm says to values that are wrong. */
export async function refusal(...values: readonly string[]): Promise<string> {
  const { code, stderr } = await run('helm', templateArgs(values), { mayFail: true });
  return code === 0 ? '' : stderr;
}

function templateArgs(values: readonly string[]): readonly string[] {
  const set = values.flatMap(value => ['--set', value]);
  return ['template', 'mpc-operator', CHART, '--namespace', OPERATOR_NAMESPACE, ...set];
}
