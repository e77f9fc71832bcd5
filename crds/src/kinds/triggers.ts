/** What the parties have carried out, so that nothing is carried out twice. */
const number = { type: 'integer', format: 'int32', minimum: 0 } as const;

/**
 * The field of a status.
 * @param ledTo what a trigger leads to a new one of
 * @param sources which sources there are
 * @param values which values they have
 */
export const triggers = <Name extends string>(ledTo: Name, sources: string, values: string) =>
  ({
    description:
      'The last trigger of each source that the parties have carried out. As long as it stays, it is not carried out again.',
    type: 'array',
    maxItems: 32,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['source'],
    items: {
      description: 'One source.',
      type: 'object',
      required: ['source', 'value', ledTo],
      properties: {
        source: { description: sources, type: 'string', maxLength: 128 },
        value: { description: values, type: 'string', maxLength: 128 },
        [ledTo]: { description: `The ${ledTo} it led to.`, ...number },
      },
    },
  }) as const;
