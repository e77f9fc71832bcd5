import type { ArraySchema } from '../schema.ts';

/**
 * The conditions of a status, exactly as `metav1.Condition`, so that `kubectl wait`, Argo CD and Flux understand them.
 */
export const conditions = {
  description:
    'The latest observations of the object, one for each type. `lastTransitionTime` changes only with `status`; ' +
    '`observedGeneration` is the `metadata.generation` that the observation was made for.',
  type: 'array',
  maxItems: 16,
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  items: {
    description: 'One observation.',
    type: 'object',
    required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
    properties: {
      type: { description: 'The type of the observation, in CamelCase.', type: 'string', minLength: 1, maxLength: 64 },
      status: { description: 'Whether the condition holds.', type: 'string', enum: ['True', 'False', 'Unknown'] },
      observedGeneration: {
        description: 'The generation of the spec that the observation was made for.',
        type: 'integer',
        format: 'int64',
        minimum: 0,
      },
      lastTransitionTime: { description: 'When `status` last changed.', type: 'string', format: 'date-time' },
      reason: {
        description: 'The reason for `status`, as one CamelCase word.',
        type: 'string',
        minLength: 1,
        maxLength: 128,
      },
      message: {
        description: 'The reason for `status`, for people, with the remedy if there is one.',
        type: 'string',
        maxLength: 4096,
      },
    },
  },
} as const satisfies ArraySchema;

/** The generation for which the rest of a status was computed. */
export const observedGeneration = {
  description: 'The `metadata.generation` that this status was computed for.',
  type: 'integer',
  format: 'int64',
  minimum: 0,
} as const;
