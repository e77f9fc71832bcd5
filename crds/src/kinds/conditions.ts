import type { ArraySchema } from '../schema.ts';

/** `metav1.Condition` to the letter, so that `kubectl wait`, Argo CD and Flux understand it. */
export const conditions = {
  description:
    'The latest observations of the object, one for each type. `status` moves `lastTransitionTime`; `observedGeneration` ' +
    'is the `metadata.generation` the observation was made for.',
  type: 'array',
  maxItems: 16,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  items: {
    description: 'One observation.',
    type: 'object',
    required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
    properties: {
      type: { description: 'What is observed, in CamelCase.', type: 'string', minLength: 1, maxLength: 64 },
      status: { description: 'Whether it holds.', type: 'string', enum: ['True', 'False', 'Unknown'] },
      observedGeneration: {
        description: 'The generation of the spec this was observed for.',
        type: 'integer',
        format: 'int64',
        minimum: 0,
      },
      lastTransitionTime: { description: 'When `status` last changed.', type: 'string', format: 'date-time' },
      reason: { description: 'Why, as one CamelCase word.', type: 'string', minLength: 1, maxLength: 128 },
      message: { description: 'Why, for people, with the remedy if there is one.', type: 'string', maxLength: 4096 },
    },
  },
} as const satisfies ArraySchema;

/** The generation that the rest of a status was computed for. */
export const observedGeneration = {
  description: 'The `metadata.generation` this status was computed for.',
  type: 'integer',
  format: 'int64',
  minimum: 0,
} as const;
