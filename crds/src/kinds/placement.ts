import type { ObjectSchema } from '../schema.ts';

const ZONE = 'topology.kubernetes.io/zone';

/** Where pods may run and how they are scheduled, in the fields of a PodSpec. Zones are said in spec.parties alone. */
export const placement = (of: string, spread: string) =>
  ({
    description: `Where ${of} may run.`,
    type: 'object',
    properties: {
      nodeSelector: {
        description: `The labels that a node must have to run ${of}, besides that of the zone.`,
        type: 'object',
        maxProperties: 16,
        additionalProperties: { description: 'The value of the label.', type: 'string', maxLength: 63 },
        'x-kubernetes-validations': [
          {
            rule: `!('${ZONE}' in self)`,
            message: `nodeSelector must not name ${ZONE}: each party has its zone in spec.parties[].zone`,
          },
        ],
      },
      tolerations: {
        description: `The taints of nodes that do not keep ${of} away.`,
        type: 'array',
        maxItems: 16,
        'x-kubernetes-list-type': 'atomic',
        items: {
          description: 'One toleration, as in a PodSpec.',
          type: 'object',
          properties: {
            key: { description: 'The key of the taint. Unset: any key.', type: 'string', maxLength: 317 },
            operator: {
              description: 'Whether the value of the taint must be `value`, or may be any.',
              type: 'string',
              enum: ['Equal', 'Exists'],
              default: 'Equal',
            },
            value: { description: 'The value of the taint.', type: 'string', maxLength: 63 },
            effect: {
              description: 'The effect of the taint. Unset: any effect.',
              type: 'string',
              enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'],
            },
            tolerationSeconds: {
              description: 'Seconds that a pod stays after such a taint came. Unset: for ever.',
              type: 'integer',
              format: 'int64',
              minimum: 0,
            },
          },
          'x-kubernetes-validations': [
            {
              rule: "has(self.key) && self.key != '' || self.operator == 'Exists'",
              message: 'a toleration without a key tolerates every taint: say operator: Exists, or name the key',
            },
            {
              rule: "self.operator == 'Equal' || !has(self.value) || self.value == ''",
              message: 'a toleration with operator: Exists has no value: leave value out, or say operator: Equal',
            },
            {
              rule: "!has(self.tolerationSeconds) || has(self.effect) && self.effect == 'NoExecute'",
              message: 'tolerationSeconds needs effect: NoExecute: other taints remove no pod',
            },
          ],
        },
      },
      priorityClassName: {
        description: `The PriorityClass of ${of}. Unset: the default of the Kubernetes cluster.`,
        type: 'string',
        minLength: 1,
        maxLength: 253,
      },
      topologySpreadConstraints: {
        description: spread,
        type: 'array',
        maxItems: 4,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['topologyKey', 'whenUnsatisfiable'],
        items: {
          description: 'One constraint, as in a PodSpec. The operator says which pods it counts.',
          type: 'object',
          required: ['topologyKey', 'whenUnsatisfiable'],
          properties: {
            topologyKey: {
              description: 'The node label whose values are the places to spread over, such as that of a rack.',
              type: 'string',
              minLength: 1,
              maxLength: 317,
            },
            whenUnsatisfiable: {
              description: 'What becomes of a pod that would break the constraint.',
              type: 'string',
              enum: ['DoNotSchedule', 'ScheduleAnyway'],
            },
            maxSkew: {
              description: 'How many pods more than the emptiest place any place may have.',
              type: 'integer',
              format: 'int32',
              minimum: 1,
              default: 1,
            },
          },
          'x-kubernetes-validations': [
            {
              rule: `self.topologyKey != '${ZONE}'`,
              message: `topologyKey must not be ${ZONE}: spec.parties[].zone says how zones are used`,
            },
          ],
        },
      },
    },
  }) as const satisfies ObjectSchema;
