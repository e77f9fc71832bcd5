import { CATEGORY, GROUP, VERSION } from '../group.ts';
import type { Kind, ObjectSchema, Rule } from '../schema.ts';

/** The CustomResourceDefinition of a kind, in the form that the API server takes. */
export function customResourceDefinition(kind: Kind): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${GROUP}`,
      labels: { 'app.kubernetes.io/name': 'mpc-operator', 'app.kubernetes.io/part-of': 'mpc-operator' },
    },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.singular,
        shortNames: kind.shortNames,
        categories: [CATEGORY],
      },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: rootSchema(kind) },
          subresources: { status: {} },
          additionalPrinterColumns: kind.columns.map(({ priority, ...column }) =>
            priority ? { ...column, priority } : column,
          ),
          ...(kind.selectableFields && { selectableFields: kind.selectableFields.map(jsonPath => ({ jsonPath })) }),
        },
      ],
    },
  };
}

function rootSchema(kind: Kind): object {
  const rules: readonly Rule[] = kind.rules ?? [];
  return {
    description: kind.description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { description: 'The version of this schema.', type: 'string' },
      kind: { description: 'The kind of this object.', type: 'string' },
      metadata: { type: 'object' },
      spec: kind.spec satisfies ObjectSchema,
      status: kind.status satisfies ObjectSchema,
    },
    ...(rules.length > 0 && { 'x-kubernetes-validations': rules }),
  };
}
