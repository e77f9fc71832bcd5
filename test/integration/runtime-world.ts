/** What the tests of the runtime need of a real cluster: a namespace of their own, and a proxy that can be broken. */
import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import { ApiClient } from '@mpc-operator/runtime/client';
import { type ConfigMap, Namespace } from '@mpc-operator/runtime/resource';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { KubeConfigTransport } from '@mpc-operator/runtime/transport';
import { ApiProxy } from './api-proxy.ts';

export interface World {
  /** A namespace that goes with the test. */
  readonly namespace: string;
  /** The client through the proxy, which is tested. */
  readonly client: ApiClient;
  readonly transport: KubeConfigTransport;
  readonly proxy: ApiProxy;
  /** A client past the proxy: other people. */
  readonly others: ApiClient;
  readonly log: SilentLogger;
}

export async function world(t: TestContext): Promise<World> {
  const namespace = `runtime-${randomUUID().slice(0, 8)}`;
  const direct = KubeConfigTransport.fromDefault({ userAgent: 'runtime-test' });
  const others = new ApiClient({ transport: direct, fieldManager: 'somebody-else' });
  await others.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const proxy = await ApiProxy.start();
  const transport = new KubeConfigTransport(proxy.config, { userAgent: 'runtime-test' });
  const client = new ApiClient({ transport, fieldManager: 'runtime-test' });
  t.after(async () => {
    await others.delete(Namespace, { namespace: '', name: namespace });
    await Promise.all([transport.close(), direct.close()]);
    await proxy.close();
  });
  return { namespace, client, transport, proxy, others, log: new SilentLogger() };
}

export function configMap(namespace: string, name: string, data: { readonly [name: string]: string } = {}): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name }, data };
}

/** Waits for a condition that something elsewhere makes true. The test fails after half a minute. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
