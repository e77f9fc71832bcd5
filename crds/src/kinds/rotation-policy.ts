import { MAX_TEXT } from '../bounds.ts';
import type { Kind } from '../schema.ts';
import { conditions, observedGeneration } from './conditions.ts';

const keyName = { type: 'string', minLength: 1, maxLength: 63 } as const;
const label = { type: 'string', maxLength: 63 } as const;

/** The kind RotationPolicy: when the shares of which keys are refreshed. */
export const RotationPolicy = {
  kind: 'RotationPolicy',
  plural: 'rotationpolicies',
  singular: 'rotationpolicy',
  shortNames: ['rp'],
  description:
    'RotationPolicy refreshes the shares of keys on a schedule. For ecdsa keys it also rotates the auxiliary ' +
    'information of their MpcCluster. Each slot runs once for each key, even if processes restart; of several missed ' +
    'slots only the last one is made up for. A policy that is deleted asks for nothing more; what the parties have ' +
    'begun for it they finish.',
  spec: {
    description: 'The schedule, and the keys.',
    type: 'object',
    required: ['keys'],
    properties: {
      schedule: {
        description:
          'The schedule, as in cron: minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly, ' +
          '@monthly, @yearly.',
        type: 'string',
        minLength: 1,
        maxLength: 128,
        default: '@daily',
      },
      timeZone: {
        description: 'The time zone of the schedule, by its name in the IANA database, such as Europe/Zurich.',
        type: 'string',
        minLength: 1,
        maxLength: 64,
        default: 'Etc/UTC',
      },
      suspend: {
        description: 'Whether the policy is suspended. True: no slot is started, but a refresh under way is finished.',
        type: 'boolean',
        default: false,
      },
      startingDeadlineSeconds: {
        description:
          'The number of seconds after which a missed slot is skipped. Unset: the last missed slot is always made up ' +
          'for.',
        type: 'integer',
        format: 'int32',
        minimum: 1,
        maximum: 31536000,
      },
      keys: {
        description: 'The KeyShareSets, in the same namespace, to refresh.',
        type: 'object',
        properties: {
          names: {
            description: 'The names of the keys.',
            type: 'array',
            minItems: 1,
            maxItems: 256,
            'x-kubernetes-list-type': 'set',
            items: { description: 'The name of a KeyShareSet.', ...keyName },
          },
          selector: {
            description: 'The labels of the keys. An empty selector selects all keys in the namespace.',
            type: 'object',
            properties: {
              matchLabels: {
                description: 'Labels and values, all of which a key must have.',
                type: 'object',
                maxProperties: 16,
                additionalProperties: { description: 'The value.', ...label },
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
                    key: { description: 'The label.', type: 'string', minLength: 1, maxLength: 317 },
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
                      items: { description: 'A value.', ...label },
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
          },
        },
        'x-kubernetes-validations': [
          {
            rule: 'has(self.names) != has(self.selector)',
            message: 'exactly one of keys.names and keys.selector must be given: add one, or take one out of spec',
            reason: 'FieldValueInvalid',
          },
        ],
      },
    },
  },
  status: {
    description: 'What the policy has done and will do.',
    type: 'object',
    properties: {
      observedGeneration,
      conditions,
      lastScheduleTime: { description: 'The last slot that was started.', type: 'string', format: 'date-time' },
      lastSuccessfulTime: {
        description:
          'The time at which the last slot was completed: all its keys were refreshed and their old shares erased, ' +
          'and ecdsa keys use newer auxiliary information.',
        type: 'string',
        format: 'date-time',
      },
      nextScheduleTime: { description: 'The next slot.', type: 'string', format: 'date-time' },
      active: {
        description: 'The keys whose refresh for the last slot is under way.',
        type: 'array',
        maxItems: 256,
        'x-kubernetes-list-type': 'set',
        items: { description: 'The name of a KeyShareSet.', ...keyName },
      },
      failures: {
        description: 'The keys whose refresh for the last slot has failed so far. The refresh is tried again.',
        type: 'array',
        maxItems: 256,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['key'],
        items: {
          description: 'One key.',
          type: 'object',
          required: ['key', 'reason', 'message'],
          properties: {
            key: { description: 'The name of the KeyShareSet.', ...keyName },
            reason: { description: 'Why the refresh failed, as one CamelCase word.', type: 'string', maxLength: 128 },
            message: { description: 'Why the refresh failed, for people.', type: 'string', maxLength: MAX_TEXT },
            time: { description: 'The time at which the refresh failed.', type: 'string', format: 'date-time' },
          },
        },
      },
    },
  },
  columns: [
    { name: 'Schedule', type: 'string', jsonPath: '.spec.schedule', description: 'The schedule.' },
    { name: 'Time Zone', type: 'string', jsonPath: '.spec.timeZone', description: 'The time zone of the schedule.' },
    { name: 'Suspend', type: 'boolean', jsonPath: '.spec.suspend', description: 'Whether the policy is suspended.' },
    {
      name: 'Ready',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: 'Whether the policy works.',
    },
    { name: 'Last Schedule', type: 'date', jsonPath: '.status.lastScheduleTime', description: 'The last slot.' },
    {
      name: 'Last Success',
      type: 'date',
      jsonPath: '.status.lastSuccessfulTime',
      description: 'The last completed slot.',
    },
    { name: 'Next', type: 'string', jsonPath: '.status.nextScheduleTime', description: 'The next slot.', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  rules: [
    {
      rule: 'size(self.metadata.name) <= 63',
      message: 'metadata.name must have at most 63 characters',
    },
  ],
} as const satisfies Kind;
