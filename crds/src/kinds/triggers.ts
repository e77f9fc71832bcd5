import { MAX_SOURCE, MAX_SOURCES, MAX_VALUE } from '../bounds.ts';

/** The number of the epoch or generation that a trigger led to. */
const number = { type: 'integer', format: 'int32', minimum: 0 } as const;

/**
 * The field of a status that lists the triggers which the parties have carried out, so that no trigger is carried out
 * twice.
 * @param ledTo the name of the field with the number that a trigger led to: an epoch or a generation
 * @param sources the description of the sources
 * @param values the description of their values
 */
export const triggers = <Name extends string>(ledTo: Name, sources: string, values: string) =>
  ({
    description:
      'The last trigger of each source that the parties have carried out. A trigger that is listed here is not ' +
      `carried out again. Of more than ${MAX_SOURCES} sources the oldest policies are forgotten: the source ` +
      '`policies` stands for them, and no slot up to its value is carried out again.',
    type: 'array',
    maxItems: MAX_SOURCES,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['source'],
    items: {
      description: 'The last trigger of one source.',
      type: 'object',
      required: ['source', 'value', ledTo],
      properties: {
        source: { description: sources, type: 'string', maxLength: MAX_SOURCE },
        value: { description: values, type: 'string', maxLength: MAX_VALUE },
        [ledTo]: { description: `The ${ledTo} that the trigger led to.`, ...number },
      },
    },
  }) as const;
