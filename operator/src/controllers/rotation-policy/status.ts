import type { KeyShareSet, MpcCluster, RotationPolicy, RotationPolicyStatus } from '@mpc-operator/crds/generated/api';
import { type Observation, setConditions } from '@mpc-operator/runtime/conditions';
import { timestamp } from '@mpc-operator/runtime/wire-time';
import { observation } from '../observation.ts';
import { isPaused } from '../paused.ts';
import { keyProgress } from './decisions/key-progress.ts';
import { missingNames, selectedKeys } from './decisions/selected-keys.ts';

/** The largest number of keys that a list in the status may have. */
const LISTED = 256;

export interface Slots {
  /** All keys of the namespace. */
  readonly all: readonly KeyShareSet[];
  /** The keys that the slot is for. */
  readonly due: readonly KeyShareSet[];
  /** All clusters of the namespace. */
  readonly clusters: readonly MpcCluster[];
  readonly slot: Date | undefined;
  readonly next: Date | undefined;
}

export function policyStatus(
  policy: RotationPolicy,
  { all, due, clusters, slot, next }: Slots,
  now: Date,
): RotationPolicyStatus {
  const value = slot && timestamp(slot);
  const progress = due.map(key => {
    const cluster = clusters.find(({ metadata }) => metadata.name === key.spec.clusterRef.name);
    const { name } = key.metadata;
    return { key: name, ...keyProgress(key, cluster, `policy/${policy.metadata.name}`, value ?? '') };
  });
  const active = progress.filter(({ kind }) => kind === 'active').map(({ key }) => key);
  const failures = progress.flatMap(found => (found.kind === 'failed' ? withoutKind(found) : []));
  const completed = slot !== undefined && progress.every(({ kind }) => kind === 'done');
  const lastSuccessfulTime = completed ? completionTime(policy.status, slot, now) : policy.status?.lastSuccessfulTime;
  const observations = [
    ready(policy, all, next),
    stalled('False', 'NotStalled', 'nothing has to be changed'),
    progressing(active, failures.length, value),
  ];
  return {
    ...base(policy, observations, now),
    ...(value === undefined ? {} : { lastScheduleTime: value }),
    ...(lastSuccessfulTime === undefined ? {} : { lastSuccessfulTime }),
    ...(next === undefined ? {} : { nextScheduleTime: timestamp(next) }),
    active: active.slice(0, LISTED),
    failures: failures.slice(0, LISTED),
  };
}

export interface Invalid {
  readonly reason: 'InvalidSchedule' | 'InvalidSelection';
  readonly message: string;
}

/** The status of a policy that cannot be carried out until its spec is changed. What has been done stays in it. */
export function invalidStatus(policy: RotationPolicy, { reason, message }: Invalid, now: Date): RotationPolicyStatus {
  const { nextScheduleTime: _, ...before } = policy.status ?? {};
  const observations = [observation('Ready', 'False', reason, message), stalled('True', reason, message)];
  return { ...before, ...base(policy, observations, now) };
}

function base({ metadata, status }: RotationPolicy, observations: readonly Observation[], now: Date) {
  const { generation } = metadata;
  return {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    conditions: setConditions(status?.conditions, observations, generation, now),
  };
}

function ready(policy: RotationPolicy, all: readonly KeyShareSet[], next: Date | undefined): Observation {
  const { spec } = policy;
  const missing = missingNames(spec.keys, all);
  if (missing.length > 0) {
    const message =
      `spec.keys.names has ${missing.join(', ')}, but there are no such KeyShareSets: ` +
      'apply them, or take the names out';
    return observation('Ready', 'False', 'KeyNotFound', message);
  }
  if (selectedKeys(spec.keys, all).length === 0) {
    const message =
      `spec.keys selects none of the ${all.length} KeyShareSets in namespace ${policy.metadata.namespace}: ` +
      'apply or label the keys that are meant, or change spec.keys';
    return observation('Ready', 'False', 'NoKeySelected', message);
  }
  if (spec.suspend) return observation('Ready', 'True', 'Suspended', 'no slot is started while spec.suspend is true');
  if (isPaused(policy)) return observation('Ready', 'True', 'Paused', 'no slot is started while the policy is paused');
  return observation('Ready', 'True', 'Scheduled', next ? `the next slot is ${timestamp(next)}` : 'no slot will come');
}

function progressing(active: readonly string[], failed: number, slot: string | undefined): Observation {
  if (active.length + failed === 0) return observation('Progressing', 'False', 'Settled', 'nothing is left to do');
  return observation('Progressing', 'True', 'Refreshing', `${active.length + failed} keys are not done for ${slot}`);
}

/** The time at which the slot was first seen completed. */
function completionTime(before: RotationPolicyStatus | undefined, slot: Date, now: Date): string {
  const known = before?.lastSuccessfulTime;
  return known !== undefined && Date.parse(known) >= slot.getTime() ? known : timestamp(now);
}

function withoutKind({ key, reason, message, time }: { key: string; reason: string; message: string; time?: string }) {
  return { key, reason, message: message.slice(0, 1024), ...(time === undefined ? {} : { time }) };
}

function stalled(status: Observation['status'], reason: string, message: string): Observation {
  return observation('Stalled', status, reason, message);
}
