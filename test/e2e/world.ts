/** The MpcCluster that the end-to-end tests share, made once. Each test file has keys of its own in it. */
import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { installChart } from '../cluster/chart.ts';
import { apply, get, kubectl, until } from '../cluster/kubectl.ts';
import { rolledOut } from '../cluster/rollout.ts';

export const NAMESPACE = 'mpc-e2e';
export const CLUSTER = 'e2e';
export const PARTIES = [1, 2, 3] as const;

type Purpose = KeyReport['spec']['purpose'];

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: NAMESPACE, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

export const mpcCluster = {
  apiVersion: API_VERSION,
  kind: 'MpcCluster',
  metadata: { name: CLUSTER },
  spec: {
    parties: [
      { id: 1, zone: 'a' },
      { id: 2, zone: 'b' },
      { id: 3, zone: 'c' },
    ],
    // the other level is in readme.test.ts, where it is the default
    securityLevel: 112,
  },
} as const;

/** Returns the KeyShareSet of a 2-of-3 key. */
export const keyShareSet = (name: string, purpose: Purpose) => ({
  apiVersion: API_VERSION,
  kind: 'KeyShareSet',
  metadata: { name },
  spec: {
    clusterRef: { name: CLUSTER },
    curve: purpose === 'eddsa' ? 'ed25519' : 'secp256k1',
    purpose,
    threshold: 2,
    parties: PARTIES,
  },
});

/** Installs the operator and makes the cluster ready, from whatever was there before. */
export async function clusterReady(): Promise<void> {
  await installChart({ wait: true });
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify(namespace) });
  await apply(NAMESPACE, mpcCluster);
  await rolledOut(NAMESPACE, CLUSTER, PARTIES.length);
}

export const wait = (what: string, condition: string, seconds: number) =>
  kubectl(['-n', NAMESPACE, 'wait', what, `--for=condition=${condition}`, `--timeout=${seconds}s`]);

export async function keyReady(name: string, purpose: Purpose): Promise<KeyShareSet> {
  await apply(NAMESPACE, keyShareSet(name, purpose));
  await wait(`keyshareset/${name}`, 'Ready', 240);
  return await key(name);
}

export async function key(name: string): Promise<KeyShareSet> {
  const found = await get<KeyShareSet>(NAMESPACE, 'keyshareset', name);
  if (found === undefined) throw new Error(`no KeyShareSet ${name}`);
  return found;
}

export async function cluster(): Promise<MpcCluster> {
  const found = await get<MpcCluster>(NAMESPACE, 'mpccluster', CLUSTER);
  if (found === undefined) throw new Error(`no MpcCluster ${CLUSTER}`);
  return found;
}

/** Asks for a refresh by annotation. @returns the value of the annotation */
export async function askForRefresh(name: string, value = `${Date.now()}`): Promise<string> {
  await kubectl(['-n', NAMESPACE, 'annotate', 'keyshareset', name, `mpc.keyshare.dev/refresh=${value}`, '--overwrite']);
  return value;
}

/** Waits until every party signs with one epoch above `epoch` and has destroyed all epochs below it. */
export async function refreshedAbove(name: string, epoch: number, seconds = 120): Promise<KeyShareSet> {
  return await until(`${name} refreshed above epoch ${epoch}`, seconds, async () => {
    const found = await key(name);
    const now = found.status?.epoch ?? 0;
    const parties = found.status?.parties ?? [];
    const settled = parties.length === PARTIES.length && parties.every(p => p.epoch === now && p.erasedBelow === now);
    return now > epoch && settled ? found : undefined;
  });
}
