import {
  LABEL_KEY,
  LABEL_KEY_REMEDY,
  LABEL_PREFIX_LENGTH,
  LABEL_VALUE,
  LABEL_VALUE_LENGTH,
  LABEL_VALUE_REMEDY,
} from '../labels.ts';
import type { ObjectSchema } from '../schema.ts';

const isKey = (key: string): string =>
  `${key}.matches(r'${LABEL_KEY}') && ${key}.indexOf('/') <= ${LABEL_PREFIX_LENGTH}`;

const value = {
  type: 'string',
  maxLength: LABEL_VALUE_LENGTH,
  'x-kubernetes-validations': [
    {
      rule: `self.matches('${LABEL_VALUE}')`,
      message: `a label cannot have this value: ${LABEL_VALUE_REMEDY}`,
      messageExpression: `'no label can have the value ' + self + ': ${LABEL_VALUE_REMEDY}'`,
    },
  ],
} as const;

/**
 * The keys that a policy is for. All keys are selected by a field of their own and never by an empty selector: a
 * selector with a field that is spelled wrong is stored empty if the client asked only to be warned.
 */
export const keySelection = {
  description:
    'The KeyShareSets, in the same namespace, to refresh: those in `names`, those that `selector` selects, or, with ' +
    '`all: true`, all of them.',
  type: 'object',
  properties: {
    names: {
      description: 'The names of the keys.',
      type: 'array',
      minItems: 1,
      maxItems: 256,
      'x-kubernetes-list-type': 'set',
      items: { description: 'The name of a KeyShareSet.', type: 'string', minLength: 1, maxLength: 63 },
    },
    all: {
      description: 'Whether all keys of the namespace are refreshed, those that are made later included.',
      type: 'boolean',
    },
    selector: {
      description: 'The labels of the keys. An empty selector is refused: for all keys there is `all: true`.',
      type: 'object',
      properties: {
        matchLabels: {
          description: 'Labels and values, all of which a key must have.',
          type: 'object',
          maxProperties: 16,
          additionalProperties: { description: 'The value.', ...value },
          'x-kubernetes-validations': [
            {
              rule: `self.all(k, ${isKey('k')})`,
              message: `no object can have one of these labels: ${LABEL_KEY_REMEDY}`,
            },
          ],
        },
        matchExpressions: {
          description: 'Requirements, all of which must hold.',
          type: 'array',
          maxItems: 16,
          'x-kubernetes-list-type': 'atomic',
          items: {
            description: 'One requirement.',
            type: 'object',
            required: ['key', 'operator'],
            properties: {
              key: {
                description: 'The label.',
                type: 'string',
                minLength: 1,
                maxLength: 317,
                'x-kubernetes-validations': [
                  {
                    rule: isKey('self'),
                    message: `no object can have this label: ${LABEL_KEY_REMEDY}`,
                    messageExpression: `'no object can have the label ' + self + ': ${LABEL_KEY_REMEDY}'`,
                  },
                ],
              },
              operator: {
                description: 'How the label is compared.',
                type: 'string',
                enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'],
              },
              values: {
                description: 'The values for In and NotIn.',
                type: 'array',
                maxItems: 64,
                'x-kubernetes-list-type': 'atomic',
                items: { description: 'A value.', ...value },
              },
            },
            'x-kubernetes-validations': [
              {
                rule: "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
                message: 'operators In and NotIn need values, Exists and DoesNotExist take none',
                messageExpression:
                  "self.operator in ['In', 'NotIn'] ? 'operator ' + self.operator + ' compares the label with " +
                  "values: give at least one' : 'operator ' + self.operator + ' looks at no values: take them " +
                  "out, or use In or NotIn'",
                fieldPath: '.values',
              },
            ],
          },
        },
      },
      'x-kubernetes-validations': [
        {
          rule:
            '(has(self.matchLabels) && size(self.matchLabels) > 0) || ' +
            '(has(self.matchExpressions) && size(self.matchExpressions) > 0)',
          message:
            'an empty selector is refused: give matchLabels or matchExpressions, spelled like that, or take the ' +
            'selector out and set keys.all to true for all keys of the namespace',
          reason: 'FieldValueInvalid',
        },
      ],
    },
  },
  'x-kubernetes-validations': [
    {
      rule: '[has(self.names), has(self.selector), has(self.all) && self.all].filter(given, given).size() == 1',
      message:
        'exactly one of keys.names, keys.selector and keys.all: true must be given: add one, or take the others ' +
        'out of spec',
      reason: 'FieldValueInvalid',
    },
  ],
} as const satisfies ObjectSchema;
