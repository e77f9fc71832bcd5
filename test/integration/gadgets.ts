/** A custom resource for tests, with a status that no controller of Kubernetes writes. */
import { isAlreadyExists } from '@mpc-operator/runtime/api-error';
import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Condition } from '@mpc-operator/runtime/conditions';
import type { KubernetesObject, ObjectMeta } from '@mpc-operator/runtime/object';
import { defineResource } from '@mpc-operator/runtime/resource';
import { until } from './runtime-world.ts';

export interface Gadget {
  readonly apiVersion: 'runtime.test/v1';
  readonly kind: 'Gadget';
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly size?: number };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly parties?: { readonly [name: string]: string };
  };
}

export const Gadget = defineResource<Gadget>({
  apiVersion: 'runtime.test/v1',
  kind: 'Gadget',
  plural: 'gadgets',
  namespaced: true,
});

interface Definition extends KubernetesObject {
  readonly spec: object;
  readonly status?: { readonly conditions?: readonly Pick<Condition, 'type' | 'status'>[] };
}

const Definition = defineResource<Definition>({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
});

const key = { namespace: '', name: 'gadgets.runtime.test' };

/** Makes the kind known to the cluster. `removeGadgets` takes it away again. */
export async function installGadgets(client: ApiClient): Promise<void> {
  const schema = {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: { size: { type: 'integer', default: 1 } } },
        status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  };
  const version = { name: 'v1', served: true, storage: true, schema, subresources: { status: {} } };
  const names = { kind: 'Gadget', plural: 'gadgets', singular: 'gadget', listKind: 'GadgetList' };
  const spec = { group: 'runtime.test', scope: 'Namespaced', names, versions: [version] };
  const { apiVersion, kind } = Definition;
  await client.create(Definition, { apiVersion, kind, metadata: { name: key.name }, spec }).catch((error: unknown) => {
    if (!isAlreadyExists(error)) throw error;
  });
  await until('the kind to be served', async () => {
    const conditions = (await client.get(Definition, key))?.status?.conditions ?? [];
    return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
  });
  await until('objects of the kind to be served', async () =>
    client.list(Gadget).then(
      () => true,
      () => false,
    ),
  );
}

export async function removeGadgets(client: ApiClient): Promise<void> {
  await client.delete(Definition, key);
}

export function gadget(namespace: string, name: string, size?: number): Gadget {
  return {
    apiVersion: 'runtime.test/v1',
    kind: 'Gadget',
    metadata: { namespace, name },
    spec: size === undefined ? {} : { size },
  };
}
