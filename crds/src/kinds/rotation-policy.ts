import { MAX_TEXT } from '../bounds.ts';
import { SCHEDULE, SCHEDULE_REMEDY, TIME_ZONE, TIME_ZONE_REMEDY } from '../schedule.ts';
import type { Kind } from '../schema.ts';
import { conditions, observedGeneration } from './conditions.ts';
import { keySelection } from './key-selection.ts';

const keyName = { type: 'string', minLength: 1, maxLength: 63 } as const;

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
          '@monthly, @yearly. A field is `*`, or has numbers or English abbreviations, as values (1), ranges (1-5), ' +
          'lists (1,3) and steps (`*/2`, `0-30/10`). If neither day of month nor day of week is `*`, the schedule ' +
          'comes on the days of both.',
        type: 'string',
        minLength: 1,
        maxLength: 128,
        default: '@daily',
        'x-kubernetes-validations': [
          {
            rule: `self.matches(r'${SCHEDULE}')`,
            message: `a schedule has five fields or a name: ${SCHEDULE_REMEDY}`,
            messageExpression: `'schedule ' + self + ' is none: ${SCHEDULE_REMEDY}'`,
          },
        ],
      },
      timeZone: {
        description: 'The time zone of the schedule, by its name in the IANA database, such as Europe/Zurich.',
        type: 'string',
        minLength: 1,
        maxLength: 64,
        default: 'Etc/UTC',
        'x-kubernetes-validations': [
          {
            rule: `self.matches(r'${TIME_ZONE}')`,
            message: `a time zone has a name: ${TIME_ZONE_REMEDY}`,
            messageExpression: `'timeZone ' + self + ' is no name of a time zone: ${TIME_ZONE_REMEDY}'`,
          },
        ],
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
      keys: keySelection,
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
