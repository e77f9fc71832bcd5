import { ROTATION_ANNOTATION_PREFIX } from '@mpc-operator/crds/annotations';
import type { KeyShareSet, MpcCluster, RotationPolicy } from '@mpc-operator/crds/generated/api';
import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Reconcile, Result } from '@mpc-operator/runtime/controller';
import type { EventRecorder } from '@mpc-operator/runtime/events';
import { type KubernetesObject, keyOf } from '@mpc-operator/runtime/object';
import type { Resource } from '@mpc-operator/runtime/resource';
import { timestamp } from '@mpc-operator/runtime/wire-time';
import type { Cached, Caches } from '../caches.ts';
import { conditionEvents } from '../condition-events.ts';
import { isPaused } from '../paused.ts';
import { affectedClusters } from './decisions/affected-clusters.ts';
import { currentSlot } from './decisions/current-slot.ts';
import { InvalidSchedule, parseSchedule, type Schedule } from './decisions/schedule.ts';
import { selectedKeys } from './decisions/selected-keys.ts';
import { selectionFault } from './decisions/selection-fault.ts';
import { type Invalid, invalidStatus, policyStatus } from './status.ts';

export interface RotationPolicyDeps {
  readonly client: ApiClient;
  readonly caches: Caches;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

interface Run extends RotationPolicyDeps {
  readonly signal: AbortSignal;
  readonly now: Date;
}

export function rotationPolicyReconciler(deps: RotationPolicyDeps): Reconcile {
  return async (objectKey, { signal }) => {
    const run: Run = { ...deps, signal, now: deps.clock.date() };
    const policy = deps.caches.policies.get(objectKey);
    if (policy === undefined || policy.metadata.deletionTimestamp !== undefined) return {};
    const schedule = readSpec(policy);
    if (!('reason' in schedule)) return await converge(policy, schedule, run);
    await writeStatus(policy, invalidStatus(policy, schedule, run.now), run);
    return {};
  };
}

/** The schedule of a policy, or why the policy cannot be carried out. */
function readSpec({ spec }: RotationPolicy): Schedule | Invalid {
  const message = selectionFault(spec.keys);
  if (message !== undefined) return { reason: 'InvalidSelection', message };
  try {
    return parseSchedule(spec.schedule, spec.timeZone);
  } catch (error) {
    if (!(error instanceof InvalidSchedule)) throw error;
    return { reason: 'InvalidSchedule', message: error.message };
  }
}

async function converge(policy: RotationPolicy, schedule: Schedule, run: Run): Promise<Result> {
  const { caches, now } = run;
  const all = caches.keys.list(policy.metadata.namespace);
  const clusters = caches.clusters.list(policy.metadata.namespace);
  const slot = currentSlot(policy, schedule, now);
  const due = slot === undefined ? [] : selectedKeys(policy.spec.keys, all).filter(key => existedAt(key, slot));
  const errors: unknown[] = [];
  if (slot !== undefined && !policy.spec.suspend && !isPaused(policy)) {
    const affected = affectedClusters(due, clusters);
    if (policy.status?.lastScheduleTime !== timestamp(slot)) recordSlot(policy, slot, { due, affected }, run);
    // An object that cannot be asked holds up none of the others.
    const ask = async <T extends KubernetesObject>(of: Cached<T>, object: T) =>
      await request(of.resource, object, policy, slot, run).catch(error => errors.push(error));
    // Keys are refreshed once their cluster has rotated: they see that the cluster is asked to.
    for (const cluster of affected) await ask(caches.clusters, cluster);
    for (const key of due) await ask(caches.keys, key);
  }
  const next = policy.spec.suspend || isPaused(policy) ? undefined : schedule.next(now);
  await writeStatus(policy, policyStatus(policy, { all, due, clusters, slot, next }, now), run);
  if (errors.length > 0) throw errors[0];
  // The next run is never early: the slot must have come by then.
  return next === undefined ? {} : { requeueAfter: Math.max(1, next.getTime() - now.getTime()) };
}

/** Whether the key existed at the slot. Shares that are younger than the slot are not refreshed for it. */
function existedAt({ metadata }: KeyShareSet, slot: Date): boolean {
  return metadata.deletionTimestamp === undefined && Date.parse(metadata.creationTimestamp ?? '') <= slot.getTime();
}

/**
 * Asks an object for a slot. To ask for the same slot again changes nothing: the parties know what they have carried
 * out.
 */
async function request<T extends KubernetesObject>(
  resource: Resource<T>,
  object: T,
  { metadata }: RotationPolicy,
  slot: Date,
  run: Run,
): Promise<void> {
  const { uid } = object.metadata;
  await run.client.mergePatch(
    resource,
    keyOf(object),
    { metadata: { annotations: { [`${ROTATION_ANNOTATION_PREFIX}/${metadata.name}`]: timestamp(slot) } } },
    { live: object, signal: run.signal, ...(uid === undefined ? {} : { uid }) },
  );
}

interface Asked {
  readonly due: readonly KeyShareSet[];
  readonly affected: readonly MpcCluster[];
}

function recordSlot(policy: RotationPolicy, slot: Date, { due, affected }: Asked, { events }: Run): void {
  const time = timestamp(slot);
  const clusters = affected.length === 0 ? '' : `; with the auxiliary information of ${names(affected)}`;
  const note = due.length === 0 ? `no key is due at ${time}` : `due at ${time}: ${names(due)}${clusters}`;
  events.event(policy, { type: 'Normal', reason: 'SlotStarted', action: 'Rotate', note });
}

function names(objects: readonly KubernetesObject[]): string {
  return objects.map(({ metadata }) => metadata.name).join(', ');
}

async function writeStatus(
  policy: RotationPolicy,
  status: NonNullable<RotationPolicy['status']>,
  { client, caches, events, signal }: Run,
): Promise<void> {
  await client.applyStatus(caches.policies.resource, policy, status, { signal });
  for (const note of conditionEvents(policy.status?.conditions, status.conditions ?? [])) events.event(policy, note);
}
