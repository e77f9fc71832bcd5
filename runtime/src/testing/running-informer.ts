import type { TestContext } from 'node:test';
import { ApiClient } from '../client.ts';
import { Informer } from '../informer.ts';
import type { ObjectMeta } from '../object.ts';
import { ConfigMap } from '../resource.ts';
import { FakeApi } from './fake-api.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { SilentLogger } from './silent-logger.ts';

/** The path of the ConfigMaps that `runInformer` watches. */
export const CONFIG_MAPS = '/api/v1/namespaces/ns/configmaps';

export function configMap(name: string, value = '', metadata: Partial<ObjectMeta> = {}) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'ns', ...metadata },
    data: { value },
  } as const;
}

/** Returns an informer of ConfigMaps that runs until the test ends, and the changes that its handler received. */
export async function runInformer(t: TestContext, prepare: (api: FakeApi) => void = () => {}) {
  const clock = new FakeClock();
  const api = new FakeApi();
  const log = new SilentLogger();
  const client = new ApiClient({ transport: api, fieldManager: 'test', clock });
  const informer = new Informer({ client, resource: ConfigMap, namespaces: ['ns'], log, clock });
  const told: string[] = [];
  informer.addHandler(({ type, object }) => told.push(`${type} ${object.metadata.name}`));
  prepare(api);
  const stop = new AbortController();
  const ended = informer.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await ended;
  });
  await settle();
  return { clock, api, informer, told, log, stop, ended };
}
